using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Responses;

public sealed class BodyReadersTests
{
    private const long Available = 1000;
    private const long Room = 400;

    private BodyReaders _readers;
    private readonly PlacedReader _fast = new() { BodyOffset = Available };
    private readonly PlacedReader _slow = new() { BodyOffset = 10 };

    public BodyReadersTests()
    {
        _readers.Add(_fast);
        _readers.Add(_slow);
    }

    [Fact]
    public void A_reader_holds_others_up_while_the_producer_waits_for_it_and_one_of_them_for_the_producer()
    {
        Assert.Equal(0, HeldUpBy(_slow));
        _readers.Wait(true);
        Assert.NotEqual(0, HeldUpBy(_slow));
        Assert.Equal(0, HeldUpBy(_fast));
        _slow.BodyOffset = Available - Room;
        Assert.Equal(0, HeldUpBy(_slow));
    }

    [Fact]
    public void A_reader_whose_others_have_bytes_left_holds_nobody_up()
    {
        _fast.BodyOffset = Available - 1;
        _readers.Wait(true);
        Assert.Equal(0, HeldUpBy(_slow));
        _readers.Remove(_fast);
        Assert.Equal(0, HeldUpBy(_slow));
    }

    [Fact]
    public void Each_standstill_has_its_own_number_and_keeps_it()
    {
        _readers.Wait(true);
        var first = HeldUpBy(_slow);
        _slow.BodyOffset++;
        _readers.Wait(true);
        Assert.Equal(first, HeldUpBy(_slow));
        _readers.Wait(false);
        Assert.Equal(0, HeldUpBy(_slow));
        _readers.Wait(true);
        Assert.NotEqual(first, HeldUpBy(_slow));
    }

    private int HeldUpBy(PlacedReader reader) => _readers.FindHeldUpBy(reader, Available, Room);

    private sealed class PlacedReader : IBodySubscriber
    {
        public long BodyOffset { get; set; }

        public void OnBodyProgress() => Assert.Fail("Nothing is told.");

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
