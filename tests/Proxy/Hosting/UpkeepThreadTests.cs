using System.Collections.Concurrent;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class UpkeepThreadTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public void However_many_requests_come_while_a_job_is_done_it_is_done_once_more()
    {
        using var begun = new SemaphoreSlim(0);
        using var goesOn = new SemaphoreSlim(0);
        var times = 0;
        using var thread = new UpkeepThread(FaultLedger.Passing);
        var job = thread.Add("a job", () =>
        {
            times++;
            begun.Release();
            Assert.True(goesOn.Wait(s_patience));
        });
        job.Request();
        Assert.True(begun.Wait(s_patience));

        for (var i = 0; i < 200; i++)
            job.Request();
        goesOn.Release(2);
        Assert.True(begun.Wait(s_patience));
        Do(thread);

        Assert.Equal(2, times);
    }

    [Fact]
    public void A_job_that_throws_is_counted_and_done_again_when_it_is_requested()
    {
        var faults = new FaultLedger();
        var times = 0;
        using var thread = new UpkeepThread(faults);
        var job = thread.Add("a job", () =>
        {
            times++;
            throw new InvalidOperationException("The test's own.");
        });

        job.Request();
        Do(thread);
        job.Request();
        Do(thread);

        Assert.Equal(2, times);
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public void A_job_with_a_period_is_done_unasked_again_and_again()
    {
        using var done = new SemaphoreSlim(0);
        using var thread = new UpkeepThread(FaultLedger.Passing);
        _ = thread.Add("a job", () => done.Release(), TimeSpan.FromMilliseconds(1));

        for (var times = 0; times < 3; times++)
            Assert.True(done.Wait(s_patience));
    }

    [Fact]
    public void A_job_without_a_period_is_done_within_the_time_that_was_asked_for()
    {
        using var done = new SemaphoreSlim(0);
        using var thread = new UpkeepThread(FaultLedger.Passing);
        var job = thread.Add("a job", () => done.Release());
        job.RequestWithin(TimeSpan.FromMilliseconds(1));

        Assert.True(done.Wait(s_patience));
    }

    [Fact]
    public void The_thread_takes_its_precaution_before_the_jobs_of_each_wake()
    {
        var done = new ConcurrentQueue<string>();
        using var thread = new UpkeepThread(FaultLedger.Passing, precaution: () => done.Enqueue("precaution"));
        var job = thread.Add("a job", () => done.Enqueue("job"));
        for (var times = 0; times < 2; times++)
        {
            job.Request();
            Do(thread);
        }

        string[] all = [.. done];
        var jobs = Enumerable.Range(0, all.Length).Where(index => all[index] == "job").ToArray();
        Assert.Equal(2, jobs.Length);
        Assert.All(jobs, index => Assert.Equal("precaution", all[index - 1]));
    }

    /// <summary>Waits for what was requested before.</summary>
    private static void Do(UpkeepThread thread)
    {
        using var done = new ManualResetEventSlim();
        thread.Add("the test", done.Set).Request();
        Assert.True(done.Wait(s_patience));
    }
}
