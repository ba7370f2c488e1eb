using TlsProxy.Bench.Load.Display;

namespace TlsProxy.Bench.Tests.Display;

public sealed class TimeLeftTests
{
    [Fact]
    public void What_is_left_is_stretched_by_how_slow_the_run_has_been()
    {
        var left = new TimeLeft(planned: 100);
        left.Add(20);

        Assert.Equal(0.2, left.Share);
        Assert.Equal(TimeSpan.FromSeconds(120), left.After(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void At_the_beginning_the_plan_counts_and_a_run_is_never_quicker_than_it()
    {
        var left = new TimeLeft(planned: 100);

        Assert.Equal(TimeSpan.FromSeconds(100), left.After(TimeSpan.FromSeconds(30)));
        left.Add(50);
        Assert.Equal(TimeSpan.FromSeconds(50), left.After(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void More_measurements_than_planned_leave_nothing_and_make_no_more_than_all()
    {
        var left = new TimeLeft(planned: 10);
        left.Add(12);

        Assert.Equal((1.0, TimeSpan.Zero), (left.Share, left.After(TimeSpan.FromSeconds(99))));
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(41, false)]
    public void A_comparison_fits_if_it_ends_before_the_limit_at_the_pace_so_far(double seconds, bool fits)
    {
        var left = new TimeLeft(planned: 1000);
        left.Add(10);

        Assert.Equal(fits, left.Fits(seconds, elapsed: TimeSpan.FromSeconds(20), limit: TimeSpan.FromSeconds(100)));
    }
}
