using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Workers;

/// <summary>What the connections of one worker use, and who owns it.</summary>
internal sealed class WorkerServices : IDisposable
{
    private readonly WorkerSettings _settings;
    private readonly byte[] _logLine;

    // One for each worker: what exchanges with the origin have rented goes back without a wait for another worker's lock.
    private readonly SegmentPool _uploadPool = new(emptyMaximum: WorkerBytes.UploadSlabs);
    private readonly ContinueResponse _continue = ContinueResponse.Shared;
    private IOrigin? _origin;

    public WorkerServices(WorkerSettings settings)
    {
        _settings = settings;
        _logLine = settings.AccessLog is null ? [] : new byte[RequestTrace.LineBytes];
        Segments = new SegmentStock(settings.Pool);
        Handshakes = settings.Tls is null ? null : new HandshakePool(settings.Tls);
    }

    /// <summary>What handshakes are done with; null where there is no certificate.</summary>
    public HandshakePool? Handshakes { get; }

    /// <summary>Where the connections borrow what they send from.</summary>
    public SegmentStock Segments { get; }

    /// <summary>Makes what connections on a loop use.</summary>
    public ConnectionServices Create(EventLoop loop, IConnectionHost host, WorkerCounters counters)
    {
        _origin = _settings.CreateOrigin(loop);
        return new ConnectionServices
        {
            Host = host,
            CreateProtocol = connection => new ProtocolSwitch(protocols => new Http1Protocol(connection, _continue, protocols)),
            Exchanges = ExchangesOn(loop, counters),
            Limits = _settings.Limits,
            Channel = _settings.Channel,
            KtlsCounters = new KtlsCounters(_settings.KtlsFirsts),
            Handshakes = Handshakes,
            HandshakeGate = new HandshakeGate(loop, _settings.Handshakes, _settings.HandshakeMemory),
            Sessions = new SessionTallies(),
            ForwardsClientCertificate = _settings.ForwardsClientCertificate,
            StrictTransportSecurity = _settings.StrictTransportSecurity,
            DebugField = _settings.DebugField,
        };
    }

    /// <summary>No connection is left for now.</summary>
    public void Trim()
    {
        Segments.Clear();
        _uploadPool.Trim();
    }

    /// <summary>Ends the exchanges with the origin that live on the loop; on its thread.</summary>
    /// <param name="onEnded">Called once nothing of them is pending.</param>
    public void EndOrigin(Action onEnded)
    {
        if (_origin is ILoopOrigin origin)
            origin.End(onEnded);
        else
            onEnded();
    }

    /// <summary>The loop has ended.</summary>
    /// <param name="runPosted">Runs what was posted to it before.</param>
    public void CloseOrigin(Action runPosted)
    {
        if (_origin is not ILoopOrigin origin)
            return;
        origin.Close();
        runPosted();
    }

    public void Dispose()
    {
        Handshakes?.Dispose();
        _uploadPool.Dispose();
    }

    private ExchangeServices ExchangesOn(EventLoop loop, WorkerCounters counters) => new()
    {
        Loop = loop,
        Segments = Segments,
        UploadPool = _uploadPool,
        Clock = new WallClock(loop, _settings.Time),
        Counters = counters,
        Responses = _settings.Responses,
        Cache = _settings.Cache,
        Fetches = _settings.Fetches,
        Home = new FetchHome(loop, _origin!),
        ClientFields = _settings.ClientFields,
        TrustedProxies = _settings.TrustedProxies,
        Deadlines = _settings.Deadlines,
        Tunnels = _settings.Tunnels,
        TunnelLimit = _settings.TunnelLimit,
        Responder = _settings.Responder,
        Redirection = _settings.Redirection,
        AccessLog = _settings.AccessLog,
        LogLine = _logLine,
    };
}
