using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

/// <summary>Which of its deadlines, or the proxy itself, has ended a request to the origin.</summary>
public sealed class DeadlineReasonTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SteppedTime _time = new();
    private readonly OriginDeadline _deadline;

    public DeadlineReasonTests() => _deadline = new OriginDeadline(_time);

    public void Dispose() => _deadline.Dispose();

    [Fact]
    public void The_deadline_armed_last_is_the_one_that_passes()
    {
        _deadline.Arm(OriginFailure.ResponseTimeout, Second);
        _time.Advance(Second / 2);
        _deadline.Arm(OriginFailure.IdleTimeout, Second);
        _time.Advance(Second * 0.9);
        Assert.False(_deadline.Token.IsCancellationRequested);
        _time.Advance(Second * 0.1);

        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.Equal(OriginFailure.IdleTimeout, _deadline.Reason);
    }

    [Fact]
    public void No_time_passes_while_none_is_armed()
    {
        _deadline.Arm(OriginFailure.ResponseTimeout, Second);
        _deadline.Disarm();
        _time.Advance(Second * 1000);

        Assert.False(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_deadline_that_has_passed_stays_the_reason()
    {
        _deadline.Arm(OriginFailure.ResponseTimeout, Second);
        _time.Advance(Second);

        _deadline.Arm(OriginFailure.IdleTimeout, Second);
        _deadline.Cancel();

        Assert.Equal(OriginFailure.ResponseTimeout, _deadline.Reason);
    }

    [Fact]
    public void The_reason_of_a_request_that_is_given_up_is_no_deadline()
    {
        _deadline.Arm(OriginFailure.ResponseTimeout, Second);
        _deadline.Cancel();
        _deadline.Arm(OriginFailure.IdleTimeout, Second);

        Assert.Equal(OriginFailure.Cancelled, _deadline.Reason);
        Assert.True(_deadline.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task What_hangs_on_the_token_runs_on_another_thread_than_the_one_that_cancels()
    {
        var ran = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = _deadline.Token.Register(() => ran.SetResult(Environment.CurrentManagedThreadId));
        var canceller = 0;
        // A thread of its own: one of the pool could run both.
        var thread = new Thread(() =>
        {
            canceller = Environment.CurrentManagedThreadId;
            _deadline.Cancel();
        });
        thread.Start();
        thread.Join();

        Assert.NotEqual(canceller, await ran.Task);
    }

    [Fact]
    public void After_its_end_it_can_be_armed_and_cancelled_without_effect()
    {
        _deadline.Dispose();

        _deadline.Arm(OriginFailure.ResponseTimeout, Second);
        _deadline.Disarm();
        _deadline.Cancel();

        Assert.Equal(OriginFailure.None, _deadline.Reason);
        Assert.False(_deadline.Token.IsCancellationRequested);
    }
}
