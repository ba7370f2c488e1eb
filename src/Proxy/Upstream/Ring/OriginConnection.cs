using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>A connection to an origin from one request to the next: who uses it, how it rests, and when it ends. Its transport carries the
/// bytes. A receive is armed while the connection rests, so its end is noticed and it holds no memory. Loop's thread only.</summary>
internal sealed class OriginConnection : ITransportOwner, IDeadlineHandler
{
    private readonly EventLoop _loop;
    private readonly IConnectionKeeper _keeper;
    private readonly OriginOptions _options;
    private readonly IOriginTransport _transport;
    private readonly Deadline _rest;
    private readonly long _openedAt;
    private IConnectionUser? _user;
    private long _restsSince;
    private bool _isClosing;
    private bool _isClosed;

    /// <param name="transport">Of a connected socket; the connection closes it.</param>
    /// <param name="address">Where it leads, in words of the log.</param>
    public OriginConnection(EventLoop loop, OriginOptions options, IConnectionKeeper keeper, IOriginTransport transport, string address)
    {
        _loop = loop;
        _options = options;
        _keeper = keeper;
        _transport = transport;
        Address = address;
        _rest = new Deadline(this);
        _openedAt = loop.Now;
        transport.Bind(this);
    }

    public string Address { get; }

    /// <summary>It has carried a request before the one that it carries.</summary>
    public bool WasKept { get; private set; }

    /// <summary>Bytes that the socket has taken since the connection was opened. Where they are more than before, a part of what was sent
    /// may have left.</summary>
    public long SentBytes => _transport.SentBytes;

    /// <summary>A receive into memory of the user's would end at once.</summary>
    public bool HasInput => _transport.HasInput;

    /// <summary>It carries a tunnel.</summary>
    public bool IsTunnel { get; private set; }

    /// <summary>Where it stands among those of its keeper that rest.</summary>
    public int Position { get; set; } = -1;

    /// <summary>It is old enough to carry no further request: the origin's name may have other addresses by now.</summary>
    private bool IsOld => _loop.Now - _openedAt >= _options.ConnectionAgeMax.Ticks * 100;

    /// <summary>Its rest is over, though its deadline has still to pass in this turn.</summary>
    private bool HasRestedEnough => _loop.Now - _restsSince >= _options.KeepAliveTimeout.Ticks * 100;

    /// <summary>Gives the connection to a user, unless it can't carry a further request: it is old, or bytes or its end came
    /// unasked.</summary>
    /// <returns>False where it ends instead.</returns>
    public bool TryBegin(IConnectionUser user)
    {
        // First: whatever throws from here on, the connection knows whose memory it uses.
        _user = user;
        EventLoop.Disarm(_rest);
        if (_isClosing || (WasKept && (IsOld || HasRestedEnough || !_transport.TryReuse())))
        {
            _user = null;
            Close();
            return false;
        }

        Receive();
        return true;
    }

    /// <summary>Receives into memory of the transport's, unless a receive is pending.</summary>
    public void Receive() => _transport.Receive();

    /// <param name="memory">The user's; it stays until the receive has ended.</param>
    public void ReceiveInto(NativeSlice memory) => _transport.ReceiveInto(memory);

    /// <param name="ranges">At most three, of the user's memory; it stays until the send has ended.</param>
    public void Send(params ReadOnlySpan<NativeSlice> ranges) => _transport.Send(ranges);

    /// <summary>Tells the origin the end of what is sent, of which nothing is under way. The connection receives on.</summary>
    public void EndSend()
    {
        if (!_isClosing)
            _transport.EndSend();
    }

    /// <summary>Carries a tunnel from now on, and no further request. Nothing is under way.</summary>
    public void HandTo(OriginTunnel tunnel)
    {
        _user = tunnel;
        IsTunnel = true;
        _keeper.OnTunnel(this);
    }

    /// <summary>Ends the connection with a reset, so that the origin can't take what it has for the whole.</summary>
    public void Reset()
    {
        if (TryBeginClose())
            _transport.Reset();
    }

    /// <summary>The user has its answer and has sent its request; the connection rests from now on.</summary>
    /// <returns>False where it is too old for that: it ends.</returns>
    public bool TryRest()
    {
        _user = null;
        WasKept = true;
        if (_isClosing || IsOld)
        {
            Close();
            return false;
        }

        Receive();
        _restsSince = _loop.Now;
        _loop.Arm(_rest, _options.KeepAliveTimeout);
        return true;
    }

    /// <summary>Ends the connection. The user is told once nothing is pending that uses its memory: within the call where nothing
    /// is.</summary>
    public void Close()
    {
        if (TryBeginClose())
            _transport.Close();
    }

    public void OnReceived(in TransportResult result)
    {
        if (_user is not null)
            _user.OnReceived(result);
        else if (result.IsTransient)
            Receive();
        else
            Close();
    }

    public void OnSent(in TransportResult result) => _user!.OnSent(result);

    /// <summary>It has rested for long enough.</summary>
    public void OnDeadline(Deadline deadline) => Close();

    public void OnReleased()
    {
        var user = _user;
        _user = null;
        // Before the keeper: what is told of the end finds nothing under way.
        user?.OnClosed();
    }

    public void OnClosed()
    {
        _isClosed = true;
        _keeper.OnClosed(this);
    }

    public void OnFault()
    {
        if (_isClosed)
            return;
        _isClosed = _isClosing = true;
        EventLoop.Disarm(_rest);
        var user = _user;
        _user = null;
        var abandoned = new AbandonedSocket(_loop, () => Bury(user));
        var descriptor = _transport.Surrender(abandoned);
        _keeper.OnUnfit(this);
        _keeper.OnClosed(this);
        try
        {
            user?.OnFault();
        }
        finally
        {
            abandoned.Close(descriptor);
        }
    }

    private bool TryBeginClose()
    {
        if (_isClosing)
            return false;
        _isClosing = true;
        EventLoop.Disarm(_rest);
        _keeper.OnUnfit(this);
        return true;
    }

    /// <summary>Gives back what was used: nothing is pending any more.</summary>
    private void Bury(IConnectionUser? user)
    {
        _transport.Discard();
        user?.ReleaseMemory();
    }
}
