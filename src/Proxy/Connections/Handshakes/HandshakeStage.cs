using TlsProxy.Handshake;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections.Handshakes;

/// <summary>Is told how a handshake ended; nothing is pending on the descriptor then.</summary>
internal interface IHandshakeOwner : IFaultDomain
{
    /// <summary>Whether a connection of such keys makes its records itself, so that those of the handshake's end may leave with its
    /// first.</summary>
    bool SealsRecords(SessionKeys keys);

    /// <summary>Every byte of the handshake has left but <paramref name="output"/>. What it has brought is to be taken within the
    /// call.</summary>
    /// <param name="keys">To be taken by <see cref="SessionKeys.TakeFrom"/>.</param>
    /// <param name="leftover">Ciphertext received beyond the handshake.</param>
    /// <param name="output">Records that are still to be sent.</param>
    void OnHandshakeDone(in HandshakeFacts facts, SessionKeys keys, ReadOnlySpan<byte> leftover, ReadOnlySpan<byte> output);

    /// <summary>There will be no session; an alert has left where one was due.</summary>
    /// <param name="failure">Why, or null when the peer left or took too long.</param>
    void OnHandshakeFailed(HandshakeFailure? failure);
}

/// <summary>Carries one handshake over a socket: single receives, and what the engine answers. Nothing is received ahead of the keys by a
/// multishot receive, whose completions could hold ciphertext that the kernel was to open.</summary>
internal sealed class HandshakeStage : GatedHandshake, ICompletionHandler
{
    private readonly EventLoop _loop;
    private readonly SegmentPool _pool;
    private readonly HandshakePool? _handshakes;
    private readonly HandshakeGate _gate;
    private readonly IHandshakeOwner _owner;
    private readonly Operation _operation;
    private Life _life = new();
    private bool _surrendered;

    /// <param name="handshakes">Null where there is no certificate, and so no handshake.</param>
    public HandshakeStage(EventLoop loop, SegmentPool pool, HandshakePool? handshakes, HandshakeGate gate, IHandshakeOwner owner)
    {
        _loop = loop;
        _pool = pool;
        _handshakes = handshakes;
        _gate = gate;
        _owner = owner;
        _operation = new Operation(this);
    }

    /// <param name="received">What the peer has sent already.</param>
    public void Start(int descriptor, ReadOnlySpan<byte> received)
    {
        _life.Descriptor = descriptor;
        _operation.CopyOnThisSocket();
        _life.Handshake = _handshakes?.Rent() ?? throw new InvalidOperationException("There is no certificate.");
        if (received.IsEmpty)
            _loop.Receive(_operation, descriptor);
        else
            OnReceived(received);
    }

    /// <summary>Gives up; the owner is told when nothing is pending.</summary>
    public void Cancel()
    {
        _life.IsCancelled = true;
        _loop.Cancel(_operation);
        // A send without a copy ends when the peer has taken its bytes, and no cancel finds it: the reset drops them.
        if (_operation is { IsPending: true, Kind: OperationKind.Send })
            _ = _loop.Sockets.Reset(_life.Descriptor);
    }

    public override void Drop()
    {
        // What the library holds goes now; what is pending names other memory.
        _life.Handshake!.Reset();
        Cancel();
    }

    public override void OnFault() => _owner.OnFault();

    /// <summary>Gives what is pending away; the stage does nothing more.</summary>
    public void Surrender(AbandonedSocket heir)
    {
        _gate.Release(this);
        _surrendered = true;
        heir.TakeOver(_operation);
    }

    /// <summary>Gives memory back, once nothing is pending that was surrendered. The handshake isn't used again.</summary>
    public void Discard()
    {
        ReleaseWaiting();
        var life = _life;
        _life = new();
        life.Output?.Release();
        life.Handshake?.Dispose();
    }

    public override void TakeStep()
    {
        // It waited for its turn when a fault ended it.
        if (_surrendered)
            return;
        if (_life.IsCancelled)
        {
            End(failed: true);
            return;
        }

        TakeStep(_life.Waiting!.Memory.Span[.._life.WaitingLength]);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        var sending = operation.Kind == OperationKind.Send;
        if (_life.IsCancelled || (!result.Succeeded && !result.IsTransient) || (result.Succeeded && result.Count == 0))
        {
            End(failed: true);
            return;
        }

        if (!result.Succeeded || sending)
        {
            _life.Sent += result.Count;
            Continue();
            return;
        }

        OnReceived(result.Received.Span);
    }

    private void OnReceived(ReadOnlySpan<byte> received)
    {
        if (_gate.TryTakeStep(this))
            TakeStep(received);
        else if (!TryKeep(received))
            _life.IsCancelled = true;
    }

    private void TakeStep(ReadOnlySpan<byte> received)
    {
        _life.Handshake!.Offer(received);
        ReleaseWaiting();
        if (_life.Handshake.Status == HandshakeStatus.Done && MayLeaveOutput())
        {
            End(failed: false);
            return;
        }

        if (!TryTakeOutput())
        {
            End(failed: true);
            return;
        }

        if (_life.Handshake.HoldsMemory)
            _gate.Hold(this, HandshakeLimits.BytesOf(_life.Handshake.ReceivedBytes));
        Continue();
    }

    private bool MayLeaveOutput() =>
        _life.Handshake is { OutputMayWait: true } handshake && _owner.SealsRecords(handshake.Keys);

    /// <summary>Keeps what has come until the step may be taken.</summary>
    private bool TryKeep(ReadOnlySpan<byte> received)
    {
        _life.Waiting = _pool.TryRent(received.Length);
        if (_life.Waiting is null)
            return false;
        received.CopyTo(_life.Waiting.Memory.Span);
        _life.WaitingLength = received.Length;
        return true;
    }

    private void ReleaseWaiting()
    {
        _life.Waiting?.Release();
        _life.Waiting = null;
    }

    private void Continue()
    {
        if (_life.Sent < _life.Length)
            _loop.Send(_operation, _life.Descriptor, _life.Output!.Memory.Slice(_life.Sent, _life.Length - _life.Sent));
        else if (_life.Handshake!.Status == HandshakeStatus.NeedMore)
            _loop.Receive(_operation, _life.Descriptor);
        else
            End(failed: false);
    }

    private bool TryTakeOutput()
    {
        _life.Output?.Release();
        _life.Output = null;
        var bytes = _life.Handshake!.Output;
        _life.Sent = 0;
        _life.Length = bytes.Length;
        if (bytes.IsEmpty)
            return true;
        _life.Output = bytes.Length <= SegmentPool.LargestSegment ? _pool.TryRent(bytes.Length) : null;
        if (_life.Output is null)
            return false;
        bytes.CopyTo(_life.Output.Memory.Span);
        _life.Handshake.ClearOutput();
        return true;
    }

    /// <summary>The one place where a life ends; nothing is pending.</summary>
    private void End(bool failed)
    {
        _gate.Release(this);
        ReleaseWaiting();
        _life.Output?.Release();
        _operation.ForgetSocket();
        var handshake = _life.Handshake!;
        _life = new();
        try
        {
            if (!failed && handshake.Status == HandshakeStatus.Done)
                _owner.OnHandshakeDone(handshake.Facts, handshake.Keys, handshake.Leftover, handshake.Output);
            else
                _owner.OnHandshakeFailed(failed ? null : handshake.Failure);
        }
        catch
        {
            // What a fault was near isn't used again.
            handshake.Dispose();
            throw;
        }

        _handshakes!.Return(handshake);
    }

    /// <summary>All that the stage knows of one handshake; replaced as a whole at its end.</summary>
    private struct Life
    {
        public Life()
        {
        }

        public int Descriptor = -1;
        public ServerHandshake? Handshake;
        public bool IsCancelled;

        /// <summary>What has come and waits for its step.</summary>
        public Segment? Waiting;
        public int WaitingLength;

        /// <summary>What is being sent, how long it is and how much of it has left.</summary>
        public Segment? Output;
        public int Length;
        public int Sent;
    }
}
