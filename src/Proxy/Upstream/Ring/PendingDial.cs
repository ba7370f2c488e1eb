using System.Collections.Immutable;
using System.Net;
using TlsProxy.Proxy.Upstream.Ring.Connecting;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>A connection that is being opened for a pool.</summary>
internal sealed class PendingDial : IDialOwner
{
    private readonly OriginPool _pool;
    private readonly Dial _dial;

    public PendingDial(OriginPool pool, RingServices services)
    {
        _pool = pool;
        var options = new DialOptions
        {
            Pool = services.Memory,
            ConnectTimeout = services.Options.ConnectTimeout,
            Spare = services.Options.Spare,
        };
        _dial = new Dial(services.Loop, options, this);
    }

    public void Start(ImmutableArray<EndPoint> addresses) => _dial.Start(addresses);

    public void Cancel() => _dial.Cancel();

    public void OnConnected(int descriptor, EndPoint address) => _pool.OnConnected(this, descriptor, address);

    public void OnDialFailed(OriginFailure reason, OriginTrouble trouble) => _pool.OnDialFailed(this, reason, trouble);

    public void OnFault() => _pool.OnDialFailed(this, OriginFailure.Fault, trouble: null);
}
