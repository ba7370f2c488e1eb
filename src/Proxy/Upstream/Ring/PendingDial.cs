using System.Collections.Immutable;
using System.Net;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Proxy.Upstream.Ring.Connecting;
using TlsProxy.Proxy.Upstream.Ring.Tls;
using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>A connection that is being opened for a pool: the connect, and the handshake of TLS, within one deadline.</summary>
internal sealed class PendingDial : IDialOwner, IOriginHandshakeOwner
{
    private readonly OriginPool _pool;
    private readonly RingServices _services;
    private readonly Dial _dial;
    private OriginHandshake? _handshake;
    private EndPoint? _address;
    private long _startedAt;

    public PendingDial(OriginPool pool, RingServices services)
    {
        _pool = pool;
        _services = services;
        var options = new DialOptions
        {
            Pool = services.Memory,
            ConnectTimeout = services.Options.ConnectTimeout,
            Spare = services.Options.Spare,
            Opening = pool.Opening,
        };
        _dial = new Dial(services.Loop, options, this);
    }

    public void Start(ImmutableArray<EndPoint> addresses)
    {
        _startedAt = _services.Loop.Now;
        _dial.Start(addresses);
    }

    public void Cancel()
    {
        _dial.Cancel();
        _handshake?.Cancel();
    }

    public void OnConnected(int descriptor, EndPoint address)
    {
        if (_services.Tls is not { } tls)
        {
            _pool.OnConnected(this, new PlainTransport(_services.Loop, descriptor), address);
            return;
        }

        _address = address;
        _handshake = new OriginHandshake(_services.Loop, _services.Memory, tls, this, _pool.Opening);
        var left = _services.Options.ConnectTimeout.Ticks - ((_services.Loop.Now - _startedAt) / 100);
        _handshake.Start(descriptor, TimeSpan.FromTicks(Math.Max(1, left)));
    }

    public void OnDialFailed(OriginFailure reason, OriginTrouble trouble) => _pool.OnDialFailed(this, reason, trouble);

    public void OnHandshakeDone(int descriptor, SessionKeys keys, ReadOnlySpan<byte> leftover, ClientTickets? tickets)
    {
        var transport = new TlsTransport(_services.Loop, _services.Memory, _services.Tls!.Channels, descriptor, tickets);
        try
        {
            transport.Start(keys, leftover);
        }
        catch
        {
            // No connection has it yet, so nobody else ends it.
            var abandoned = new AbandonedSocket(_services.Loop, transport.Discard);
            abandoned.Close(transport.Surrender(abandoned));
            throw;
        }

        _pool.OnConnected(this, transport, _address!);
    }

    public void OnHandshakeFailed(OriginFailure reason, string error) =>
        _pool.OnDialFailed(this, reason, new OriginTrouble(Dial.NameOf(_address!), error));

    public void OnFault()
    {
        _handshake?.Bury();
        _pool.OnDialFailed(this, OriginFailure.Fault, trouble: null);
    }
}
