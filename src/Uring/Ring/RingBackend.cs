using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Sockets;
using static TlsProxy.Uring.Interop.IoUring;

namespace TlsProxy.Uring.Ring;

/// <summary>The back end on io_uring: one ring, one pool of receive buffers, one eventfd for wakes. It must be made on the thread that uses
/// it (IORING_SETUP_SINGLE_ISSUER).</summary>
public sealed unsafe class RingBackend : ILoopBackend
{
    // Operations of the loop have a generation in the high half, so small numbers are free for the back end's own.
    private const ulong WakeData = 1;
    private const ulong CancelData = 2;

    private readonly RingMemory _ring;
    private readonly BufferRing _buffers;
    private readonly WakeDescriptor _wake;
    private readonly RingOptions _options;
    private readonly SubmissionQueue _queue;
    private readonly RegisteredBuffers? _registered;

    // What neither the queue nor the kernel had room for; it goes first in the next turn.
    private readonly Queue<Request> _waiting = new();
    private readonly Mapping _wakeCount;
    private bool _wakeArmed;
    private bool _isDisposed;

    private RingBackend(
        RingMemory ring, BufferRing buffers, RegisteredBuffers? registered, WakeDescriptor wake, Mapping wakeCount, RingOptions options)
    {
        _registered = registered;
        _ring = ring;
        _buffers = buffers;
        _wake = wake;
        _wakeCount = wakeCount;
        _options = options;
        _queue = new SubmissionQueue(ring);
    }

    public long Now => MonotonicClock.Now;

    public ISocketCalls Sockets { get; } = new SocketCalls();

    public LoopStatistics Statistics { get; } = new();

    public bool SendsWithoutCopying => _options.SendZeroCopy;

    /// <summary>Completions are posted only when this thread enters the kernel (IORING_SETUP_DEFER_TASKRUN).</summary>
    public bool DefersTaskWork => (_ring.Flags & IORING_SETUP_DEFER_TASKRUN) != 0;

    /// <summary>The features in use, in the kernel's words.</summary>
    public string Description =>
        (DefersTaskWork ? "single_issuer,defer_taskrun"
            : (_ring.Flags & IORING_SETUP_SQPOLL) != 0 ? "sqpoll"
            : (_ring.Flags & IORING_SETUP_COOP_TASKRUN) != 0 ? "coop_taskrun" : "plain")
        + (_options.Multishot ? ",multishot" : string.Empty) + ",buffer_ring" + (_registered is null ? string.Empty : ",fixed_buffers");

    /// <summary>Sets up a ring for the calling thread.</summary>
    /// <param name="failure">Why there is none, when the result is null.</param>
    public static RingBackend? TryCreate(RingOptions options, out BackendFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (RingMemory.TryCreate(options, out failure) is not { } ring)
            return null;
        if (BufferRing.TryCreate(ring.Descriptor, options.ReceiveBuffers, options.ReceiveBufferBytes, out failure) is not { } buffers)
        {
            ring.Dispose();
            return null;
        }

        var registered = options.FixedBuffers ? RegisteredBuffers.TryCreate(ring.Descriptor, out failure) : null;
        if (options.FixedBuffers && registered is null)
        {
            buffers.Dispose();
            ring.Dispose();
            return null;
        }

        var wake = WakeDescriptor.TryCreate(out var error);
        var count = Mapping.TryAnonymous(4096);
        if (wake is null || count is null)
        {
            failure = RingFailure.Of(wake is null ? error : Errno.ENOMEM, "eventfd");
            count?.Dispose();
            buffers.Dispose();
            ring.Dispose();
            return null;
        }

        return new RingBackend(ring, buffers, registered, wake, count, options);
    }

    public void Submit(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Queue(new Request(operation, 0));
    }

    public void Cancel(Operation operation)
    {
        ArgumentNullException.ThrowIfNull(operation);
        Queue(new Request(null, operation.UserData));
    }

    public int Wait(Span<Completion> completions, long timeoutNanoseconds)
    {
        while (_waiting.TryPeek(out var request) && TryQueue(request))
            _waiting.Dequeue();
        if (!_wakeArmed)
            ArmWake();
        var ready = HasCompletions;
        // A wait without the wake would not hear what other threads post.
        if (_queue.Queued > 0 || !ready || Overflowed)
            Enter(ready || _waiting.Count > 0 || !_wakeArmed ? 0 : timeoutNanoseconds);
        return Reap(completions);
    }

    public NativeSlice Buffer(int bufferId) => _buffers.Buffer(bufferId);

    public void ReturnBuffer(int bufferId) => _buffers.Return(bufferId);

    public void Wake() => _wake.Signal();

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        // After the close the kernel would end what is pending in its own time, and may write to the memory behind it until then. The
        // eventfd stays until no other thread can name it.
        PendingRequests.End(_ring, _queue, _wake, CancelData);
        _ring.Dispose();
        _buffers.Dispose();
        _wakeCount.Dispose();
    }

    // The kernel writes the tail; the head is this thread's own.
    private bool HasCompletions => Volatile.Read(ref *_ring.CompletionTail) != *_ring.CompletionHead;

    // The kernel sets and clears the flag at any moment. A stale one costs a turn: completions that overflowed stay in the kernel's list.
    private bool Overflowed => (Volatile.Read(ref *_ring.SubmissionFlags) & IORING_SQ_CQ_OVERFLOW) != 0;

    private void ArmWake()
    {
        if (!TryNext(out var entry))
            return;
        *entry = SubmissionWriter.Read(_wake.Value, _wakeCount.Address, sizeof(ulong), WakeData);
        _queue.Publish();
        _wakeArmed = true;
    }

    private void Queue(Request request)
    {
        if (_waiting.Count > 0 || !TryQueue(request))
            _waiting.Enqueue(request);
    }

    private bool TryQueue(Request request)
    {
        if (!TryNext(out var entry))
            return false;
        *entry = request.Operation is { } operation
            ? SubmissionWriter.Of(operation, _options, _registered)
            : SubmissionWriter.Cancel(request.Cancelled, CancelData);
        _queue.Publish();
        if (_options.SubmitBatch > 0 && _queue.Queued >= _options.SubmitBatch)
            Flush();
        return true;
    }

    /// <summary>The next free entry; a full queue is submitted first.</summary>
    private bool TryNext(out SubmissionEntry* entry)
    {
        if (_queue.TryNext(out entry))
            return true;
        Statistics.CountQueueFull();
        Flush();
        return _queue.TryNext(out entry);
    }

    /// <summary>Submits what is queued without waiting.</summary>
    private void Flush()
    {
        Statistics.CountEnter();
        var result = Libc.IoUringEnter(Libc.SYS_io_uring_enter, _ring.Descriptor.Value, _queue.Queued, 0, PollThreadFlag(), null, 0);
        CheckEntered(result);
    }

    /// <summary>Submits what is queued, waits for a completion at most for the timeout, and lets the kernel post what is due.</summary>
    private void Enter(long timeoutNanoseconds)
    {
        var argument = default(WaitArgument);
        if (timeoutNanoseconds > 0)
        {
            argument.Time = (ulong)&argument.Seconds;
            argument.Seconds = timeoutNanoseconds / 1_000_000_000;
            argument.Nanoseconds = timeoutNanoseconds % 1_000_000_000;
        }

        if (Overflowed)
            Statistics.CountOverflow();
        Statistics.CountEnter();
        var minimum = timeoutNanoseconds == 0 ? 0u : 1u;
        var flags = IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG | PollThreadFlag();
        var result = Libc.IoUringEnter(
            Libc.SYS_io_uring_enter, _ring.Descriptor.Value, _queue.Queued, minimum, flags, &argument, WaitArgument.KernelSize);
        CheckEntered(result);
    }

    private void CheckEntered(long result)
    {
        if (_queue.Queued == 0)
            _registered?.EndRound();
        if (result >= 0)
        {
            Statistics.CountSubmitted((int)result);
            return;
        }

        // EBADR: the kernel had no memory for completions beyond the queue and has lost some. It is told once; the connections they were
        // for end by their deadlines, the others go on.
        var error = Libc.LastError;
        if (error == Errno.EBADR)
            Statistics.CountOverflow();
        else if (!RingFailure.IsTransient(error))
            throw new LoopLostException($"io_uring_enter answered {error}; the ring can't go on.");
    }

    private uint PollThreadFlag()
    {
        if ((_ring.Flags & IORING_SETUP_SQPOLL) == 0)
            return 0;
        // The tail must be seen by the polling thread before we look whether it sleeps (io_uring_enter(2), IORING_ENTER_SQ_WAKEUP).
        Interlocked.MemoryBarrier();
        return (Volatile.Read(ref *_ring.SubmissionFlags) & IORING_SQ_NEED_WAKEUP) != 0 ? IORING_ENTER_SQ_WAKEUP : 0;
    }

    private int Reap(Span<Completion> completions)
    {
        var head = *_ring.CompletionHead;
        // The kernel fills entries before it moves the tail. The read keeps the loads of the entries below after it (acquire).
        var tail = Volatile.Read(ref *_ring.CompletionTail);
        var count = 0;
        while (head != tail && count < completions.Length)
        {
            ref var entry = ref _ring.Completions[head & _ring.CompletionMask];
            head++;
            if (entry.UserData == WakeData)
            {
                _wakeArmed = false;
                continue;
            }

            if (entry.UserData == CancelData)
                continue;
            var flags = entry.Flags;
            completions[count++] = new Completion(
                entry.UserData,
                entry.Result,
                (flags & IORING_CQE_F_MORE) != 0,
                (flags & IORING_CQE_F_BUFFER) != 0 ? (int)(flags >> IORING_CQE_BUFFER_SHIFT) : -1,
                (flags & IORING_CQE_F_NOTIF) != 0);
        }

        // Every entry has been copied before the head moves (release): from then on the kernel may write over it.
        Volatile.Write(ref *_ring.CompletionHead, head);
        return count;
    }

    /// <summary>An operation to submit, or the user data of one to cancel.</summary>
    private readonly record struct Request(Operation? Operation, ulong Cancelled);
}
