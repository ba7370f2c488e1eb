using System.Net;
using TlsProxy.Proxy.Upstream.Ring.Connecting;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The connections of one loop to an origin: those that rest, and the queue of who waits for one. Loop's thread only.</summary>
internal sealed class OriginPool : IConnectionKeeper, IConnectionKeeping, IPosted
{
    private readonly RingServices _services;
    private readonly OriginAddresses _addresses;
    private readonly int _connectionsMax;

    // The last to rest is the first to be used, so that those beyond need end by their rest.
    private readonly List<OriginConnection> _resting = [];
    private readonly WaiterQueue _waiters = new();
    private readonly List<PendingDial> _dials = [];
    private int _open;
    private int _tunnels;

    // The pool is posted when the origin's name has been looked up.
    private bool _awaitsNames;

    private bool _isEnding;

    /// <summary>What has still to be told that nothing is open any more.</summary>
    private Action? _onEnded;

    /// <param name="addresses">Those of the origin's name.</param>
    /// <param name="connectionsMax">The most connections at a time, beside those of tunnels; further requests wait.</param>
    public OriginPool(RingServices services, OriginAddresses addresses, int connectionsMax)
    {
        _services = services;
        _addresses = addresses;
        _connectionsMax = connectionsMax;
        Opening = new OpeningSockets(EndIfEmpty);
    }

    /// <summary>Sockets that are being opened, and those given up on which something is pending still.</summary>
    public OpeningSockets Opening { get; }

    /// <summary>Connections that are open or being opened, but for those of tunnels.</summary>
    public int Count => _open + _dials.Count;

    /// <summary>Gives a connection to the waiter: within the call where one rests. After the end it is told at once that there is
    /// none.</summary>
    public void Take(IPoolWaiter waiter)
    {
        if (_isEnding)
        {
            waiter.OnNoConnection(OriginFailure.Cancelled, trouble: null);
            return;
        }

        while (!waiter.WantsNew && _resting.Count > 0)
        {
            var connection = _resting[^1];
            TakeOut(connection);
            if (waiter.TryTake(connection))
                return;
        }

        _waiters.Add(waiter);
        DialMore();
    }

    /// <summary>A waiter wants none any more.</summary>
    public void Leave(IPoolWaiter waiter) => _waiters.Remove(waiter);

    /// <summary>Takes a connection back that may carry a further request.</summary>
    public void Keep(OriginConnection connection)
    {
        if (!connection.TryRest())
            return;
        connection.Position = _resting.Count;
        _resting.Add(connection);
        if (_isEnding)
            connection.Close();
        else if (_waiters.FirstForKept is { } waiter)
            Serve(waiter, connection);
    }

    /// <summary>Closes what rests, and gives up what is being opened. Nobody waits any more.</summary>
    /// <param name="onEnded">Called once, when all is closed. A further call of this method replaces one that hasn't been told.</param>
    public void End(Action onEnded)
    {
        _isEnding = true;
        _onEnded = onEnded;
        while (_resting.Count > 0)
            _resting[^1].Close();
        foreach (var dial in _dials)
            dial.Cancel();
        _dials.Clear();
        EndIfEmpty();
    }

    public void OnUnfit(OriginConnection connection) => TakeOut(connection);

    public void OnTunnel(OriginConnection connection)
    {
        // A limit of their own bounds tunnels: those that are open for hours don't keep requests waiting.
        _open--;
        _tunnels++;
        DialMore();
    }

    public void OnClosed(OriginConnection connection)
    {
        if (connection.IsTunnel)
            _tunnels--;
        else
            _open--;
        if (_open + _tunnels == 0)
            _services.Tls?.Channels.Trim();
        EndIfEmpty();
        DialMore();
    }

    /// <summary>The origin's name has been looked up.</summary>
    public void Run()
    {
        _awaitsNames = false;
        DialMore();
    }

    public void OnFault() => DialMore();

    /// <summary>A connection stands, with its TLS. It is for whoever waits first, or rests.</summary>
    public void OnConnected(PendingDial dial, IOriginTransport transport, EndPoint address)
    {
        _dials.Remove(dial);
        _open++;
        var connection = new OriginConnection(_services.Loop, _services.Options, this, transport, Dial.NameOf(address));
        if (_waiters.First is { } waiter)
        {
            Serve(waiter, connection);
            return;
        }

        try
        {
            Keep(connection);
        }
        catch
        {
            // No callback of its own has thrown, so nobody else ends it.
            connection.OnFault();
            throw;
        }
    }

    /// <summary>A connection couldn't be opened; so has the request that waited longest.</summary>
    public void OnDialFailed(PendingDial dial, OriginFailure reason, OriginTrouble? trouble)
    {
        _dials.Remove(dial);
        FailFirst(reason, trouble);
        DialMore();
    }

    private void Serve(IPoolWaiter waiter, OriginConnection connection)
    {
        TakeOut(connection);
        _waiters.Remove(waiter);
        Contain(waiter, () =>
        {
            if (!waiter.TryTake(connection))
                Take(waiter);
        });
    }

    /// <summary>Opens a connection for each waiter, as far as there may be more.</summary>
    private void DialMore()
    {
        while (!_awaitsNames && !_isEnding && _waiters.Count > _dials.Count && Count < _connectionsMax)
        {
            if (_addresses.TryGet(_services.Loop, this) is not { } names)
            {
                _awaitsNames = true;
                return;
            }

            if (names.Addresses.IsEmpty)
            {
                // A resolver that says nothing is slow.
                FailFirst(names.Trouble is { Error: null } ? OriginFailure.ConnectTimeout : OriginFailure.ConnectFailed, names.Trouble);
                continue;
            }

            var dial = new PendingDial(this, _services);
            dial.Start(names.Addresses);
            _dials.Add(dial);
        }
    }

    private void FailFirst(OriginFailure reason, OriginTrouble? trouble)
    {
        if (_waiters.First is not { } waiter)
            return;
        _waiters.Remove(waiter);
        Contain(waiter, () => waiter.OnNoConnection(reason, trouble));
    }

    /// <summary>What a waiter throws ends the waiter, not what had a connection for it.</summary>
    private void Contain(IPoolWaiter waiter, Action call)
    {
        try
        {
            call();
        }
        catch (Exception fault) when (_services.Faults.Contains(fault))
        {
            _services.Faults.End(waiter, "a request that gets a connection to the origin", fault);
        }
    }

    private void TakeOut(OriginConnection connection)
    {
        if (connection.Position < 0)
            return;
        var last = _resting[^1];
        (_resting[connection.Position], last.Position) = (last, connection.Position);
        _resting.RemoveAt(_resting.Count - 1);
        connection.Position = -1;
    }

    private void EndIfEmpty()
    {
        if (_open + _tunnels + Opening.Count > 0 || _onEnded is not { } told)
            return;
        _onEnded = null;
        told();
    }
}
