using TlsProxy.Handshake;
using TlsProxy.Proxy.Upstream.Ring.Connecting;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>Carries the client's side of one handshake over a connected socket, within a deadline. One life, which <see cref="Start"/>
/// begins. It ends with one call of the owner, or with <see cref="Cancel"/>. Nothing is received ahead of the keys by a multishot receive,
/// whose completions could hold ciphertext that the kernel was to open. Loop's thread only.</summary>
internal sealed class OriginHandshake : ICompletionHandler, IDeadlineHandler
{
    private readonly EventLoop _loop;
    private readonly SegmentPool _memory;
    private readonly OriginTls _tls;
    private readonly ClientHandshake _handshake;
    private readonly Operation _operation;
    private readonly Deadline _deadline;

    // Null from the end on, or once nobody wants the outcome.
    private IOriginHandshakeOwner? _owner;
    private OpeningSockets? _opening;
    private int _descriptor = -1;
    private Segment? _output;
    private int _length;
    private int _sent;
    private bool _isLate;

    /// <param name="opening">Counts the handshake until nothing of it is left.</param>
    public OriginHandshake(EventLoop loop, SegmentPool memory, OriginTls tls, IOriginHandshakeOwner owner, OpeningSockets opening)
    {
        _loop = loop;
        _memory = memory;
        _tls = tls;
        _owner = owner;
        _handshake = new ClientHandshake(tls.Context);
        _operation = new Operation(this);
        _operation.CopyOnThisSocket();
        _deadline = new Deadline(this);
        opening.Add();
        _opening = opening;
    }

    /// <param name="descriptor">A connected socket, which passes to the handshake.</param>
    /// <param name="within">How long it may take.</param>
    public void Start(int descriptor, TimeSpan within)
    {
        _descriptor = descriptor;
        _loop.Arm(_deadline, within);
        _handshake.Start(_tls.Server);
        Continue();
    }

    /// <summary>The owner hears nothing more. The descriptor is closed when nothing is pending on it.</summary>
    public void Cancel()
    {
        _owner = null;
        _loop.Cancel(_operation);
    }

    /// <summary>The same after a fault, from whatever state that has left.</summary>
    public void Bury()
    {
        _owner = null;
        EventLoop.Disarm(_deadline);
        var descriptor = _descriptor;
        _descriptor = -1;
        var abandoned = new AbandonedSocket(_loop, Release);
        abandoned.TakeOver(_operation);
        abandoned.Close(descriptor);
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (_owner is null || _isLate)
        {
            Fail(OriginFailure.ConnectTimeout, "in the TLS handshake");
        }
        else if (!result.Succeeded && !result.IsTransient)
        {
            FailAt(result.Error.ToString());
        }
        else if (operation.Kind == OperationKind.Send)
        {
            _sent += result.Count;
            Continue();
        }
        else if (result.Succeeded && result.Count == 0)
        {
            FailAt("the server ended the connection");
        }
        else
        {
            _handshake.Offer(result.Received.Span);
            Continue();
        }
    }

    public void OnDeadline(Deadline deadline)
    {
        _isLate = true;
        _loop.Cancel(_operation);
    }

    public void OnFault()
    {
        var owner = _owner;
        Bury();
        owner?.OnFault();
    }

    /// <summary>Sends what is to be sent, and then receives, or ends.</summary>
    private void Continue()
    {
        if (_sent == _length && !_handshake.Output.IsEmpty && !TryTakeOutput())
            Fail(OriginFailure.Fault, "no memory for the TLS handshake");
        else if (_sent < _length)
            _loop.Send(_operation, _descriptor, _output!.Memory.Slice(_sent, _length - _sent));
        else if (_handshake.Status == HandshakeStatus.NeedMore)
            _loop.Receive(_operation, _descriptor);
        else if (_handshake.Status == HandshakeStatus.Done)
            Finish();
        else
            FailAt(string.Empty);
    }

    private bool TryTakeOutput()
    {
        var bytes = _handshake.Output;
        (_sent, _length) = (0, 0);
        _output?.Release();
        _output = bytes.Length <= SegmentPool.LargestSegment ? _memory.TryRent(bytes.Length) : null;
        if (_output is null)
            return false;
        bytes.CopyTo(_output.Memory.Span);
        _length = bytes.Length;
        _handshake.ClearOutput();
        return true;
    }

    private void Finish()
    {
        EventLoop.Disarm(_deadline);
        _tls.Channels.CountHandshake(_handshake.Facts.Resumed);
        var (descriptor, owner) = (_descriptor, _owner!);
        _descriptor = -1;
        _owner = null;
        try
        {
            owner.OnHandshakeDone(descriptor, _handshake.Keys, _handshake.Leftover, _handshake.TakeTickets());
        }
        catch
        {
            // The fault is the owner's too, which may not know what it has.
            _owner = owner;
            throw;
        }

        Release();
    }

    /// <summary>The handshake has failed, or the connection has: where both have, the handshake says why.</summary>
    private void FailAt(string error)
    {
        if (_handshake.Status != HandshakeStatus.Failed)
            Fail(OriginFailure.HandshakeFailed, $"in the TLS handshake, {error}");
        else if (_handshake.Failure.IsOfCertificate)
            Fail(OriginFailure.CertificateRefused, $"{_handshake.Failure.Reason} ({_tls.Checks})");
        else
            Fail(OriginFailure.HandshakeFailed, _handshake.Failure.Reason);
    }

    private void Fail(OriginFailure reason, string error)
    {
        EventLoop.Disarm(_deadline);
        var owner = _owner;
        _owner = null;
        _ = _loop.Sockets.Close(_descriptor);
        _descriptor = -1;
        Release();
        if (owner is null)
            return;
        _tls.Channels.CountFailure();
        owner.OnHandshakeFailed(reason, error);
    }

    private void Release()
    {
        _output?.Release();
        _output = null;
        _handshake.Dispose();
        var opening = _opening;
        _opening = null;
        opening?.Remove();
    }
}
