using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections;

/// <summary>Who is told how a handshake ended; nothing is pending on the descriptor then.</summary>
internal interface IHandshakeOwner
{
    /// <summary>Whether a connection of such keys makes its records itself, so that those of the handshake's end may leave with its first.</summary>
    bool SealsRecords(TlsVersion version, CipherSuite suite);

    /// <summary>Every byte of the handshake has left but the output that it has still. What it has brought is to be taken within the call.</summary>
    void OnHandshakeDone(ServerHandshake handshake);

    /// <summary>There will be no session; an alert has left where one was due.</summary>
    /// <param name="handshake">Why, or null when the peer left or took too long.</param>
    void OnHandshakeFailed(ServerHandshake? handshake);
}

/// <summary>Carries one handshake over a socket: single receives, and what the engine answers. Nothing is received ahead of the keys by a multishot
/// receive, whose completions could hold ciphertext that the kernel was to open.</summary>
internal sealed class HandshakeStage : GatedHandshake, ICompletionHandler
{
    private readonly EventLoop _loop;
    private readonly SegmentPool _pool;
    private readonly HandshakePool? _handshakes;
    private readonly HandshakeGate _gate;
    private readonly IHandshakeOwner _owner;
    private readonly Operation _operation;
    private ServerHandshake? _handshake;
    private Segment? _output;
    private Segment? _waiting;
    private int _waitingLength;
    private int _descriptor;
    private int _sent;
    private int _length;
    private bool _cancelled;

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
        _descriptor = descriptor;
        _cancelled = false;
        _sent = 0;
        _length = 0;
        _handshake = _handshakes?.Rent() ?? throw new InvalidOperationException("There is no certificate.");
        if (received.IsEmpty)
            _loop.Receive(_operation, descriptor);
        else
            OnReceived(received);
    }

    /// <summary>Gives up; the owner is told when nothing is pending.</summary>
    public void Cancel()
    {
        _cancelled = true;
        _loop.Cancel(_operation);
    }

    public override void Drop()
    {
        // What the library holds goes now; what is pending names other memory.
        _handshake!.Reset();
        Cancel();
    }

    public override void TakeStep()
    {
        if (_cancelled)
        {
            End(failed: true);
            return;
        }

        TakeStep(_waiting!.Memory.Span[.._waitingLength]);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        var sending = operation.Kind == OperationKind.Send;
        if (_cancelled || (!result.Succeeded && result.Error is not (Uring.Errno.ENOBUFS or Uring.Errno.EINTR or Uring.Errno.EAGAIN))
            || (result.Succeeded && result.Count == 0))
        {
            End(failed: true);
            return;
        }

        if (!result.Succeeded || sending)
        {
            _sent += result.Count;
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
            _cancelled = true;
    }

    private void TakeStep(ReadOnlySpan<byte> received)
    {
        _handshake!.Offer(received);
        ReleaseWaiting();
        if (_handshake.Status == HandshakeStatus.Done && MayLeaveOutput())
        {
            End(failed: false);
            return;
        }

        if (!TryTakeOutput())
        {
            End(failed: true);
            return;
        }

        if (_handshake.HoldsMemory)
            _gate.Hold(this);
        Continue();
    }

    private bool MayLeaveOutput() => _handshake!.OutputMayWait && _owner.SealsRecords(_handshake.Keys.Version, _handshake.Keys.Suite);

    /// <summary>Keeps what has come until the step may be taken.</summary>
    private bool TryKeep(ReadOnlySpan<byte> received)
    {
        _waiting = _pool.TryRent(received.Length);
        if (_waiting is null)
            return false;
        received.CopyTo(_waiting.Memory.Span);
        _waitingLength = received.Length;
        return true;
    }

    private void ReleaseWaiting()
    {
        _waiting?.Release();
        _waiting = null;
    }

    private void Continue()
    {
        if (_sent < _length)
            _loop.Send(_operation, _descriptor, _output!.Memory.Slice(_sent, _length - _sent));
        else if (_handshake!.Status == HandshakeStatus.NeedMore)
            _loop.Receive(_operation, _descriptor);
        else
            End(failed: false);
    }

    private bool TryTakeOutput()
    {
        _output?.Release();
        _output = null;
        var bytes = _handshake!.Output;
        _sent = 0;
        _length = bytes.Length;
        if (bytes.IsEmpty)
            return true;
        _output = bytes.Length <= SegmentPool.LargestSegment ? _pool.TryRent(bytes.Length) : null;
        if (_output is null)
            return false;
        bytes.CopyTo(_output.Memory.Span);
        _handshake.ClearOutput();
        return true;
    }

    private void End(bool failed)
    {
        _gate.Release(this);
        ReleaseWaiting();
        _output?.Release();
        _output = null;
        var handshake = _handshake!;
        _handshake = null;
        if (!failed && handshake.Status == HandshakeStatus.Done)
            _owner.OnHandshakeDone(handshake);
        else
            _owner.OnHandshakeFailed(failed ? null : handshake);
        _handshakes!.Return(handshake);
    }
}
