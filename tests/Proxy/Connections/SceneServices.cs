using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections;

/// <summary>What connections without a worker use in tests.</summary>
internal static class SceneServices
{
    /// <param name="createProtocol">Makes what the connections speak.</param>
    public static ConnectionServices Of(
        IConnectionHost host, EventLoop loop, SegmentStock segments, ResponseCache cache, FetchTable fetches, IOrigin origin,
        Func<Connection, IProtocol> createProtocol, TunnelOptions? tunnels = null, TunnelLimit? tunnelLimit = null) => new()
        {
            Host = host,
            CreateProtocol = createProtocol,
            Exchanges = new ExchangeServices
            {
                Loop = loop,
                Segments = segments,
                UploadPool = segments.Pool,
                Clock = new WallClock(loop, TimeProvider.System),
                Counters = new WorkerCounters(),
                Responses = new LocalResponses(segments.Pool),
                Cache = cache,
                Fetches = fetches,
                Home = new FetchHome(loop, origin),
                ClientFields = new ClientCertificateFields("X-Client-Subject"),
                Deadlines = new DeadlineOptions(),
                Tunnels = tunnels ?? new TunnelOptions(),
                TunnelLimit = tunnelLimit ?? new TunnelLimit(int.MaxValue),
            },
            Limits = new HttpLimits(),
            Channel = new ChannelOptions(),
            KtlsCounters = new KtlsCounters(),
            HandshakeGate = new HandshakeGate(loop, new HandshakeLimits(), new HandshakeMemory()),
            Sessions = new SessionTallies(),
        };
}
