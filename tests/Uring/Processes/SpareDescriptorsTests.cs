using TlsProxy.Uring.Processes;

namespace TlsProxy.Uring.Tests.Processes;

public sealed class SpareDescriptorsTests
{
    [Fact]
    public void The_end_of_a_shortage_is_waited_for_from_when_they_are_given_up()
    {
        var told = 0;
        using (var spare = new SpareDescriptors(2) { OnShortage = () => told++ })
        {
            Assert.True(spare.TryRestore());
            Assert.True(spare.HasRoom());
            Assert.NotNull(spare.TryOpen(() => string.Empty));
            Assert.Equal(0, told);

            spare.Release();
            Assert.Equal(1, told);
            Assert.True(spare.TryRestore());
        }

        Assert.Equal(1, told);
    }
}
