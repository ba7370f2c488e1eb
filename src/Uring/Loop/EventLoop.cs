using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Loop;

/// <summary>One thread's loop: submits operations to its back end, waits once a turn, and calls the owners of what completed. Everything
/// but <see cref="Post"/>, <see cref="Stop"/> and <see cref="IsCurrent"/> belongs to the thread that runs it.</summary>
public sealed class EventLoop : IMailbox, IDisposable
{
    private readonly ILoopBackend _backend;
    private readonly Callbacks _callbacks;
    private readonly PeriodicCheck? _check;
    private readonly OperationTable _operations = new();
    private readonly DeadlineQueues _deadlines = new();
    private readonly Stack<MessageBlock> _messages = new();
    private readonly LoopWork _work = new();
    private readonly Completion[] _completions = new Completion[1024];

    // Written by any thread, before it wakes the loop; read by the loop's thread before each turn.
    private volatile bool _stopping;

    /// <param name="backend">Owned and disposed by the loop.</param>
    /// <param name="index">The number of the worker.</param>
    /// <param name="faults">Where the faults of callbacks are counted and end; null where exceptions are the caller's.</param>
    /// <param name="check">Done before the callbacks of a turn; null for nothing.</param>
    public EventLoop(ILoopBackend backend, int index = 0, FaultLedger? faults = null, PeriodicCheck? check = null)
    {
        _backend = backend;
        _check = check;
        Faults = faults ?? FaultLedger.Passing;
        _callbacks = new Callbacks(Faults);
        Index = index;
    }

    public int Index { get; }

    /// <summary>Whether the caller's thread is running a turn of this loop. Callable from any thread.</summary>
    public bool IsCurrent => _callbacks.Thread.IsCurrent;

    /// <summary>What the faults of the lives on this loop are counted in.</summary>
    public FaultLedger Faults { get; }

    /// <summary>Monotonic time in nanoseconds, read once a turn.</summary>
    public long Now { get; private set; }

    /// <summary>Turns begun.</summary>
    public long Turns { get; private set; }

    /// <summary>Monotonic time in nanoseconds, read now.</summary>
    public long ReadClock() => Now = _backend.Now;

    public ISocketCalls Sockets => _backend.Sockets;

    public LoopStatistics Statistics => _backend.Statistics;

    /// <summary>Whether sends have no copy where the socket allows it: such a send ends when the peer has its bytes.</summary>
    public bool SendsWithoutCopying => _backend.SendsWithoutCopying;

    /// <summary>Operations submitted whose last completion is still to come; each part of a zero-copy send counts as one.</summary>
    public int PendingOperations => _operations.Count;

    /// <summary>Deadlines that are armed. Any thread may read it; the loop's own changes them.</summary>
    public int ArmedDeadlines => _deadlines.Count;

    /// <summary>Accepts connections on a listening socket until cancelled; each completion carries a descriptor.</summary>
    public void Accept(Operation operation, int listener) => Submit(operation, OperationKind.Accept, listener, default);

    /// <summary>One receive into a pool buffer.</summary>
    public void Receive(Operation operation, int descriptor) => Submit(operation, OperationKind.Receive, descriptor, default);

    /// <summary>Receives into pool buffers until the stream ends, fails or the pool is empty (ENOBUFS: submit again).</summary>
    public void ReceiveMultishot(Operation operation, int descriptor) =>
        Submit(operation, OperationKind.ReceiveMultishot, descriptor, default);

    /// <summary>One receive of at most <paramref name="memory"/>'s length into it.</summary>
    public void ReceiveInto(Operation operation, int descriptor, NativeSlice memory) =>
        Submit(operation, OperationKind.ReceiveInto, descriptor, memory);

    /// <summary>One recvmsg into <paramref name="memory"/> that also consumes a TLS control record and tells its type.</summary>
    public void ReceiveMessage(Operation operation, int descriptor, NativeSlice memory)
    {
        CheckIdle(operation, OperationKind.ReceiveMessage);
        var message = RentMessage();
        message.SetIncoming(memory);
        operation.Message = message;
        Submit(operation, OperationKind.ReceiveMessage, descriptor, memory);
    }

    /// <summary>Sends from <paramref name="memory"/>; the count may be short.</summary>
    public void Send(Operation operation, int descriptor, NativeSlice memory) => Submit(operation, OperationKind.Send, descriptor, memory);

    /// <summary>Sends several ranges as one message; the count may be short. Empty ranges are left out.</summary>
    /// <param name="recordType">A TLS content type for a kTLS socket (TLS_SET_RECORD_TYPE), or 0 for application data.</param>
    public void SendMessage(Operation operation, int descriptor, ReadOnlySpan<NativeSlice> ranges, byte recordType = 0)
    {
        CheckIdle(operation, OperationKind.SendMessage);
        var message = RentMessage();
        message.SetOutgoing(ranges, recordType);
        operation.Message = message;
        Submit(operation, OperationKind.SendMessage, descriptor, default);
    }

    /// <summary>Waits once for <paramref name="events"/> (poll(2)): POLLIN, POLLOUT and POLLRDHUP. Errors and hang-ups end it,
    /// too.</summary>
    public void Poll(Operation operation, int descriptor, uint events)
    {
        CheckIdle(operation, OperationKind.Poll);
        operation.Events = events;
        Submit(operation, OperationKind.Poll, descriptor, default);
    }

    /// <summary>Connects to the socket address in <paramref name="address"/>.</summary>
    public void Connect(Operation operation, int descriptor, NativeSlice address) =>
        Submit(operation, OperationKind.Connect, descriptor, address);

    /// <summary>Closes a descriptor on which nothing is pending.</summary>
    public void Close(Operation operation, int descriptor) => Submit(operation, OperationKind.Close, descriptor, default);

    /// <summary>Asks that a pending operation end; it completes still. Does nothing when it isn't pending.</summary>
    public void Cancel(Operation operation)
    {
        _callbacks.Thread.Check();
        if (!operation.IsPending)
            return;
        operation.IsCancelled = true;
        _backend.Cancel(operation);
    }

    /// <summary>Arms a deadline <paramref name="after"/> from the start of this turn, or moves it there.</summary>
    public void Arm(Deadline deadline, TimeSpan after)
    {
        _callbacks.Thread.Check();
        deadline.Queue?.Remove(deadline);
        _deadlines.Of(after.Ticks * 100).Append(deadline, Now);
    }

    public static void Disarm(Deadline deadline) => deadline.Queue?.Remove(deadline);

    /// <inheritdoc/>
    public void Post(IPosted work)
    {
        if (_work.Post(work, IsCurrent))
            _backend.Wake();
    }

    /// <summary>Runs work in the next turn, after what has completed; that turn doesn't wait. On the loop's thread only.</summary>
    public void Defer(IPosted work)
    {
        _callbacks.Thread.Check();
        _work.Defer(work);
    }

    /// <summary>Ends <see cref="Run"/> after its current turn. Callable from any thread.</summary>
    public void Stop()
    {
        _stopping = true;
        _backend.Wake();
    }

    /// <summary>Turns until <see cref="Stop"/>.</summary>
    public void Run()
    {
        while (!_stopping)
            Turn();
    }

    /// <summary>One turn: submit, wait at most until the next deadline, call the owners, the posted and the deferred work and the
    /// deadlines that have passed.</summary>
    /// <param name="wait">False doesn't wait for anything to happen.</param>
    public void Turn(bool wait = true)
    {
        _callbacks.Thread.Begin();
        try
        {
            TakeTurn(wait);
        }
        finally
        {
            // Also where a callback has thrown what nothing contains: the loop may pass to another thread.
            _callbacks.Thread.End();
        }
    }

    public void Dispose()
    {
        _backend.Dispose();
        foreach (var message in _messages)
            message.Dispose();
        _messages.Clear();
    }

    private void TakeTurn(bool wait)
    {
        Turns++;
        // What is deferred within this turn is for the next.
        var deferred = _work.DeferredCount;
        var timeout = wait && _work.IsEmpty ? _deadlines.UntilNext(_backend) : 0;
        var count = _backend.Wait(_completions, timeout);
        Now = _backend.Now;
        _backend.Statistics.CountCompletions(count);
        if (_check is not null && _check.TryBegin(Now))
            _callbacks.Run(_check);
        for (var i = 0; i < count; i++)
            Dispatch(_completions[i]);
        _work.RunPosted(_callbacks);
        _work.RunDeferred(deferred, _callbacks);
        _deadlines.Expire(Now, _callbacks);
    }

    private void Submit(Operation operation, OperationKind kind, int descriptor, NativeSlice memory)
    {
        _callbacks.Thread.Check();
        CheckIdle(operation, kind);
        operation.Kind = kind;
        operation.Descriptor = descriptor;
        operation.Memory = memory;
        operation.IsPending = true;
        try
        {
            SubmitPart(operation);
        }
        catch
        {
            // Nothing will complete.
            _operations.Remove(operation.UserData);
            End(operation);
            throw;
        }
    }

    /// <summary>Nothing of a pending operation may change: the kernel reads it.</summary>
    private static void CheckIdle(Operation operation, OperationKind kind)
    {
        if (operation.IsPending)
            throw new InvalidOperationException($"The operation is pending ({operation.Kind}); its owner submitted {kind} too early.");
    }

    private void Dispatch(in Completion completion)
    {
        var operation = _operations.Find(completion.UserData);
        if (operation is null)
        {
            _backend.Statistics.CountStale();
            if (completion.BufferId >= 0)
                _backend.ReturnBuffer(completion.BufferId);
            return;
        }

        var result = completion.Result;
        if (!completion.More)
            _operations.Remove(completion.UserData);
        if (operation.IsSend)
        {
            if (operation.Parts.Count(operation, completion, _backend.SendsWithoutCopying))
                SubmitPart(operation);
            if (!operation.Parts.HasEnded)
                return;
            result = operation.Parts.Outcome;
        }

        byte recordType = 0;
        if (!completion.More)
            recordType = End(operation);
        if (result == -(int)Errno.ENOBUFS)
            _backend.Statistics.CountBuffersExhausted();
        var received = completion.BufferId >= 0 ? _backend.Buffer(completion.BufferId).Slice(0, Math.Max(result, 0)) : default;
        _callbacks.Complete(operation, new OperationResult(result, completion.More, received, recordType));
        if (completion.BufferId >= 0)
            _backend.ReturnBuffer(completion.BufferId);
    }

    private void SubmitPart(Operation operation)
    {
        operation.Parts.IsUnderWay = true;
        _operations.Add(operation);
        _backend.Submit(operation);
    }

    private byte End(Operation operation)
    {
        byte recordType = 0;
        if (operation.Message is { } message)
        {
            recordType = operation.Kind == OperationKind.ReceiveMessage ? message.ReceivedRecordType : (byte)0;
            message.Clear();
            _messages.Push(message);
        }

        operation.End();
        return recordType;
    }

    private MessageBlock RentMessage() => _messages.TryPop(out var message) ? message : new MessageBlock();
}
