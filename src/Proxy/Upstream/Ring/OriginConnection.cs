using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>A connected socket to an origin, with one receive and one send at a time. A receive is armed while the connection rests, so
/// its end is noticed and it holds no memory. Loop's thread only.</summary>
internal sealed class OriginConnection : ICompletionHandler, IDeadlineHandler
{
    private readonly EventLoop _loop;
    private readonly IConnectionKeeper _keeper;
    private readonly OriginOptions _options;
    private readonly Operation _receive;
    private readonly Operation _send;
    private readonly Deadline _rest;
    private readonly long _openedAt;
    private int _descriptor;
    private IConnectionUser? _user;
    private long _restsSince;
    private bool _isClosing;

    /// <param name="descriptor">A connected socket, which the connection closes.</param>
    /// <param name="address">Where it leads, in words of the log.</param>
    public OriginConnection(EventLoop loop, OriginOptions options, IConnectionKeeper keeper, int descriptor, string address)
    {
        _loop = loop;
        _options = options;
        _keeper = keeper;
        _descriptor = descriptor;
        Address = address;
        _receive = new Operation(this);
        _send = new Operation(this);
        // Heads and bodies of requests are wanted back at once, so that a copy is cheaper than a pinned page.
        _send.CopyOnThisSocket();
        _rest = new Deadline(this);
        _openedAt = loop.Now;
    }

    public string Address { get; }

    /// <summary>It has carried a request before the one that it carries.</summary>
    public bool WasKept { get; private set; }

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
        if (_isClosing || (WasKept && (IsOld || HasRestedEnough || !_receive.IsPending || _loop.Sockets.HasInput(_descriptor))))
        {
            _user = null;
            Close();
            return false;
        }

        Receive();
        return true;
    }

    /// <summary>Receives into a buffer of the loop's, unless a receive is pending.</summary>
    public void Receive()
    {
        if (!_receive.IsPending)
            _loop.Receive(_receive, _descriptor);
    }

    /// <param name="memory">The user's; it stays until the receive has ended.</param>
    public void ReceiveInto(NativeSlice memory) => _loop.ReceiveInto(_receive, _descriptor, memory);

    /// <param name="ranges">The user's memory; it stays until the send has ended.</param>
    public void Send(params ReadOnlySpan<NativeSlice> ranges)
    {
        if (ranges.Length == 1)
            _loop.Send(_send, _descriptor, ranges[0]);
        else
            _loop.SendMessage(_send, _descriptor, ranges);
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

    /// <summary>Ends the connection. The user is told once nothing is pending: within the call where nothing is.</summary>
    public void Close()
    {
        if (_isClosing)
            return;
        _isClosing = true;
        EventLoop.Disarm(_rest);
        _keeper.OnUnfit(this);
        _loop.Cancel(_receive);
        _loop.Cancel(_send);
        EndIfQuiet();
    }

    public void OnCompleted(Operation operation, in OperationResult result)
    {
        if (result.More)
            return;
        if (_isClosing)
            EndIfQuiet();
        else if (operation == _send)
            _user!.OnSent(result);
        else if (_user is not null)
            _user.OnReceived(result);
        else if (result.IsTransient)
            Receive();
        else
            Close();
    }

    /// <summary>It has rested for long enough.</summary>
    public void OnDeadline(Deadline deadline) => Close();

    public void OnFault()
    {
        if (_descriptor < 0)
            return;
        _isClosing = true;
        EventLoop.Disarm(_rest);
        var (descriptor, user) = (_descriptor, _user);
        _descriptor = -1;
        _user = null;
        var abandoned = new AbandonedSocket(_loop, () => user?.ReleaseMemory());
        abandoned.TakeOver(_receive);
        abandoned.TakeOver(_send);
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

    private void EndIfQuiet()
    {
        if (_receive.IsPending || _send.IsPending || _descriptor < 0)
            return;
        _ = _loop.Sockets.Close(_descriptor);
        _descriptor = -1;
        var user = _user;
        _user = null;
        try
        {
            // Before the keeper: what is told of the end finds nothing under way.
            user?.OnClosed();
        }
        finally
        {
            _keeper.OnClosed(this);
        }
    }
}
