using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using static TlsProxy.Uring.Interop.Epoll;

namespace TlsProxy.Uring.Epoll;

/// <summary>The back end on epoll, for where io_uring is forbidden. An operation is tried by a system call of its own that doesn't wait;
/// where that finds nothing to do, it is tried again when the kernel tells of a change of its descriptor.</summary>
public sealed class EpollBackend : ILoopBackend
{
    // What isn't a descriptor's generation and number.
    private const ulong WakeData = ulong.MaxValue;

    // Turns that complete something by direct attempts save the wait; more in a row would keep others waiting whose events are due.
    private const int TurnsWithoutWaitMaximum = 3;

    private readonly InterestSet _interests;
    private readonly WakeDescriptor _wake;
    private readonly ReceiveBuffers _buffers;
    private readonly DescriptorTable _descriptors = new();
    private readonly ReadyList _ready = new();
    private readonly CompletionQueue _completions = new();
    private readonly OperationAttempts _attempts;
    private int _turnsWithoutWait;

    private EpollBackend(InterestSet interests, WakeDescriptor wake, ReceiveBuffers buffers)
    {
        _interests = interests;
        _wake = wake;
        _buffers = buffers;
        _attempts = new OperationAttempts(buffers, _completions, Statistics);
        Sockets = new EpollSockets(_descriptors, _completions);
    }

    public long Now => MonotonicClock.Now;

    public ISocketCalls Sockets { get; }

    public LoopStatistics Statistics { get; } = new();

    /// <summary>The features in use, in the kernel's words.</summary>
    public string Description => "edge_triggered," + (_interests.IsPrecise ? "epoll_pwait2" : "epoll_wait");

    /// <summary>Sets a back end up.</summary>
    /// <param name="failure">Why there is none, when the result is null.</param>
    public static EpollBackend? TryCreate(EpollOptions options, out BackendFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(options);
        var interests = InterestSet.TryCreate(options.PreciseWait, out var error);
        if (interests is null)
        {
            failure = EpollFailure.Of(error, "epoll_create1");
            return null;
        }

        var wake = WakeDescriptor.TryCreate(out error);
        if (wake is not null)
            error = interests.Add(wake.Value, WakeData);
        var buffers = error == Errno.None ? ReceiveBuffers.TryCreate(options.ReceiveBuffers, options.ReceiveBufferBytes) : null;
        if (buffers is null)
        {
            failure = EpollFailure.Of(error == Errno.None ? Errno.ENOMEM : error, "the set-up of an epoll loop");
            interests.Dispose();
            return null;
        }

        failure = null;
        return new EpollBackend(interests, wake!, buffers);
    }

    public void Submit(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Statistics.CountSubmitted(1);
        if (operation.Descriptor < 0)
        {
            _completions.Add(new Completion(operation.UserData, -(int)Errno.EBADF));
            return;
        }

        var state = _descriptors.Of(operation.Descriptor);
        state.Add(operation);
        if (state.MayTry(operation.Kind))
            _ready.Add(state);
    }

    public void Cancel(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        // One that isn't found has ended, and its last completion is on its way.
        if (_descriptors.Find(operation.Descriptor) is { } state && state.Remove(operation))
            _completions.Add(new Completion(operation.UserData, -(int)Errno.ECANCELED));
    }

    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        // Completions that didn't fit the last time go first, so that their number stays bounded.
        if (_completions.Count < completions.Length)
        {
            TryListed();
            if (_completions.Count == 0 || ++_turnsWithoutWait > TurnsWithoutWaitMaximum)
            {
                _turnsWithoutWait = 0;
                TakeEvents(_completions.Count == 0 && _ready.Count == 0 ? timeoutNanoseconds : 0);
                TryListed();
            }
        }

        return _completions.MoveTo(completions);
    }

    public NativeSlice Buffer(int bufferId) => _buffers[bufferId];

    public void ReturnBuffer(int bufferId) => _buffers.Return(bufferId);

    public void Wake() => _wake.Signal();

    public void Dispose()
    {
        _interests.Dispose();
        _buffers.Dispose();
    }

    private void TakeEvents(long timeoutNanoseconds)
    {
        Statistics.CountEnter();
        var count = _interests.Wait(timeoutNanoseconds);
        for (var i = 0; i < count; i++)
        {
            var (events, data) = _interests[i];
            // A wake has done its part by ending the wait: each write is told once, so the count needn't be read.
            if (data != WakeData && _descriptors.Find((int)(uint)data) is { } state && state.Generation == data >> 32)
                OnEvents(state, events);
        }
    }

    private void OnEvents(DescriptorState state, uint events)
    {
        if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            state.HasEnded = true;
        // A receive stops at an urgent byte (tcp(7)), so that a short one no longer tells that nothing is left.
        if ((events & EPOLLPRI) != 0)
            state.ShortReceivesTell = false;
        if ((events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
            state.MayReceive = true;
        if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0)
            state.MaySend = true;
        if (state.First is not null)
            _ready.Add(state);
    }

    /// <summary>Tries what is listed now; a descriptor that has more to do is listed again, behind the others.</summary>
    private void TryListed()
    {
        for (var left = _ready.Count; left > 0; left--)
            TryOperations(_ready.Take());
    }

    private void TryOperations(DescriptorState state)
    {
        var blocked = false;
        var unfinished = false;
        for (var operation = state.First; operation is not null;)
        {
            var next = operation.Next;
            var outcome = state.MayTry(operation.Kind) ? _attempts.Try(state, operation) : AttemptOutcome.Blocked;
            if (outcome == AttemptOutcome.Ended)
                state.Remove(operation);
            if (outcome == AttemptOutcome.Ended && operation.Kind == OperationKind.Close)
            {
                state.EndOperations(_completions, Errno.ECANCELED);
                _descriptors.Forget(state);
                return;
            }

            blocked |= outcome == AttemptOutcome.Blocked;
            unfinished |= outcome == AttemptOutcome.Unfinished;
            operation = next;
        }

        if (blocked && !state.IsRegistered && Register(state) is var error and not Errno.None)
            state.EndOperations(_completions, error);
        else if (unfinished)
            _ready.Add(state);
    }

    private Errno Register(DescriptorState state)
    {
        Statistics.CountEnter();
        var error = _interests.Add(state.Descriptor, ((ulong)state.Generation << 32) | (uint)state.Descriptor);
        state.IsRegistered = error == Errno.None;
        if (error != Errno.None)
            state.MayReceive = state.MaySend = true;
        return error;
    }
}
