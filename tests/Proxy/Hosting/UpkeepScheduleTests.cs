using TlsProxy.Proxy.Hosting;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class UpkeepScheduleTests : IDisposable
{
    private readonly UpkeepThread _thread = new(FaultLedger.Passing);
    private readonly UpkeepSchedule _schedule = new();

    public void Dispose() => _thread.Dispose();

    [Fact]
    public void Jobs_whose_periods_are_multiples_share_their_wakes()
    {
        var often = Job(TimeSpan.FromSeconds(5));
        var seldom = Job(TimeSpan.FromSeconds(10));
        var now = TimeSpan.FromMilliseconds(70);
        _schedule.Add(often, now);
        _schedule.Add(seldom, now + TimeSpan.FromMilliseconds(33));
        var taken = new Dictionary<UpkeepJob, int> { [often] = 0, [seldom] = 0 };
        var wakes = 0;
        while (now < TimeSpan.FromHours(1))
        {
            now += _schedule.UntilNext(now)!.Value;
            wakes++;
            _schedule.TakeDue(now, job => taken[job]++);
        }

        Assert.Equal((720, 720, 360), (wakes, taken[often], taken[seldom]));
    }

    [Fact]
    public void Nothing_is_due_where_no_job_has_a_period()
    {
        _schedule.Add(Job(null), TimeSpan.Zero);

        Assert.Null(_schedule.UntilNext(TimeSpan.FromDays(1)));
    }

    [Fact]
    public void A_job_that_is_hastened_is_done_once_and_then_at_the_ends_of_its_period()
    {
        var job = Job(TimeSpan.FromSeconds(2));
        _schedule.Add(job, TimeSpan.Zero);
        var now = TimeSpan.FromSeconds(0.5);

        Assert.True(_schedule.Hasten(job, TimeSpan.FromSeconds(0.5), now));
        Assert.False(_schedule.Hasten(job, TimeSpan.FromSeconds(0.75), now));
        Assert.Equal(TimeSpan.FromSeconds(0.5), _schedule.UntilNext(now));
        Assert.Equal([job], Due(TimeSpan.FromSeconds(1)));
        Assert.Equal(TimeSpan.FromSeconds(1), _schedule.UntilNext(TimeSpan.FromSeconds(1)));
        Assert.Equal([job], Due(TimeSpan.FromSeconds(2)));
        Assert.Equal(TimeSpan.FromSeconds(2), _schedule.UntilNext(TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void A_job_without_a_period_is_due_only_where_it_was_hastened()
    {
        var job = Job(null);
        Assert.True(_schedule.Hasten(job, TimeSpan.FromSeconds(1), TimeSpan.Zero));

        Assert.Empty(Due(TimeSpan.FromSeconds(0.9)));
        Assert.Equal([job], Due(TimeSpan.FromSeconds(1)));
        Assert.Null(_schedule.UntilNext(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Periods_that_were_slept_through_are_made_up_for_once()
    {
        var job = Job(TimeSpan.FromSeconds(2));
        _schedule.Add(job, TimeSpan.Zero);

        Assert.Equal([job], Due(TimeSpan.FromSeconds(101)));
        Assert.Equal(TimeSpan.FromSeconds(1), _schedule.UntilNext(TimeSpan.FromSeconds(101)));
    }

    private UpkeepJob Job(TimeSpan? period) => new(_thread, "the test's", static () => { }, period);

    private List<UpkeepJob> Due(TimeSpan now)
    {
        List<UpkeepJob> jobs = [];
        _schedule.TakeDue(now, jobs.Add);
        return jobs;
    }
}
