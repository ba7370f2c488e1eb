using TlsProxy.Bench.Load.Instructions;

namespace TlsProxy.Bench.Tests.Instructions;

public sealed class SteadyStateTests
{
    [Fact]
    public void Windows_are_measured_until_two_in_a_row_agree()
    {
        var costs = new Queue<double>([90, 60, 50, 49, 10]);

        Assert.True(SteadyState.Reach(costs.Dequeue));

        Assert.Equal([10], costs);
    }

    [Fact]
    public void A_server_that_never_agrees_with_itself_is_given_up()
    {
        var measured = 0;

        Assert.False(SteadyState.Reach(() => ++measured % 2 == 0 ? 100 : 50));

        Assert.Equal(SteadyState.WindowsAtMost, measured);
    }

    [Theory]
    [InlineData(100, 102.9, true)]
    [InlineData(102.9, 100, true)]
    [InlineData(100, 103.1, false)]
    [InlineData(103.1, 100, false)]
    public void Two_windows_agree_within_three_per_cent(double first, double second, bool agree) =>
        Assert.Equal(agree, SteadyState.Agree(first, second));
}
