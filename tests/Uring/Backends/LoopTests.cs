using System.Runtime.InteropServices;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Tests.Interop;

namespace TlsProxy.Uring.Tests.Backends;

/// <summary>Wakes, deadlines and signals.</summary>
public sealed class LoopTests
{
    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Work_posted_by_many_threads_all_runs(string variant)
    {
        using var thread = new LoopThread(Variants.Request(variant));
        var counter = new Counter();

        Parallel.For(0, 10_000, _ => thread.Loop.Post(counter));

        while (thread.Do(() => counter.Count) < 10_000)
            Thread.Yield();
        Assert.Equal(10_000, thread.Do(() => counter.Count));
    }

    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Each_wake_ends_a_wait_without_limit(string variant)
    {
        using var thread = new LoopThread(Variants.Request(variant));
        for (var i = 0; i < 1000; i++)
            Assert.Equal(i, thread.Do(() => i));
    }

    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Work_that_posts_its_successor_from_deferred_work_is_never_left_lying(string variant)
    {
        using var thread = new LoopThread(Variants.Request(variant));
        var relay = new Relay(thread.Loop, 1000);

        thread.Loop.Post(relay);

        Assert.True(relay.Finished.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Armed_deadlines_pass_none_too_early_and_a_disarmed_one_does_not(string variant)
    {
        using var thread = new LoopThread(Variants.Request(variant));
        var recorder = new Recorder();
        var times = new List<long>();
        var deadlines = Enumerable.Range(0, 4).Select(tag => new Deadline(recorder, tag)).ToArray();
        thread.Run(() =>
        {
            thread.Loop.ReadClock();
            times.Add(thread.Loop.Now);
            thread.Loop.Arm(deadlines[0], TimeSpan.FromMilliseconds(10));
            thread.Loop.Arm(deadlines[1], TimeSpan.FromMilliseconds(30));
            thread.Loop.Arm(deadlines[2], TimeSpan.FromMilliseconds(20));
            thread.Loop.Arm(deadlines[3], TimeSpan.FromMicroseconds(2500));
            EventLoop.Disarm(deadlines[0]);
        });

        // Those of one turn come in no order; of different turns, each comes in its own.
        Assert.Equal([1, 2, 3], new[] { recorder.NextDeadline(), recorder.NextDeadline(), recorder.NextDeadline() }.Order());
        Assert.True(thread.Do(thread.Loop.ReadClock) - times[0] >= 30_000_000);
        recorder.ExpectNoDeadline();
    }

    [Theory]
    [MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Signals_that_cut_a_wait_short_change_nothing(string variant)
    {
        using var handled = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, context => context.Cancel = true);
        using var thread = new LoopThread(Variants.Request(variant));
        var id = thread.Do(Signals.CurrentThread);
        for (var i = 0; i < 200; i++)
        {
            Signals.Send(id, Signals.SIGWINCH);
            if (i % 10 == 0)
                Assert.Equal(i, thread.Do(() => i));
        }
    }

    /// <summary>Alternates between posted and deferred work: each post comes when the turn has run what was posted.</summary>
    private sealed class Relay(EventLoop loop, int rounds) : IPosted
    {
        private int _left = rounds * 2;

        public ManualResetEventSlim Finished { get; } = new();

        public void Run()
        {
            if (--_left == 0)
                Finished.Set();
            else if (_left % 2 == 0)
                loop.Post(this);
            else
                loop.Defer(this);
        }

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }

    private sealed class Counter : IPosted
    {
        public int Count { get; private set; }

        public void Run() => Count++;

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
