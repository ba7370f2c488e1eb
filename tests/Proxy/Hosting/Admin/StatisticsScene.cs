using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Costs;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Admin;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Hosting.Admin;

/// <summary>The statistics of a proxy of two quiet workers, whose counters the scene sets to numbers that all differ.</summary>
internal sealed class StatisticsScene : IAsyncDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly TlsContext _tls = SeededCertificate.CreateContext();
    private readonly WireOrigin _origin = new((_, _, _) => Task.CompletedTask);
    private readonly FaultLedger _faults = new();
    private readonly AccessLog _log = new(() => Stream.Null);
    private readonly UpkeepThread _upkeep = new(FaultLedger.Passing);
    private readonly CertificateRotation _rotation;
    private readonly ProxyServer _proxy;
    private readonly StatisticsReport _report;

    /// <param name="isComplete">With certificates, an access log, and a choice between kernel and user space.</param>
    public StatisticsScene(bool isComplete)
    {
        var fetches = _origin.CreateTable(_cache, _pool, _faults);
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Connections = new ConnectionLimit(1234),
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Fetches = fetches,
            CreateOrigin = _ => _origin.Origin,
            TunnelLimit = new TunnelLimit(77),
            Faults = _faults,
        };
        _rotation = new CertificateRotation(_tls, null, _upkeep, NullLogger.Instance, TimeProvider.System);
        _proxy = new ProxyServer(settings, BackendChoice.Make(new BackendRequest { Kind = BackendKind.Epoll }, out _)!);
        var choice = new RecordChoice([], ThresholdBytes: 16384, TimeSpan.FromMilliseconds(7.5));
        _report = new StatisticsReport(
            _proxy, _cache, fetches, isComplete ? choice : null, _pool, isComplete ? _rotation : null, isComplete ? _log : null, _faults)
        {
            Engine = isComplete ? EngineChoice.Make(null) : null,
        };
        var any = new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0), new ListenerTraits(IsTls: false));
        _proxy.Start([any], workers: 2, new ListenOptions(), InheritedSockets.None);
        foreach (var worker in _proxy.Workers)
            CountWorker(worker.Counters);
        CountRecords(_proxy.Workers[0].Services.KtlsCounters, _proxy.Workers[1].Services.KtlsCounters);
        CountSessions(_proxy.Workers[0].Services.Sessions, _proxy.Workers[1].Services.Sessions);
    }

    /// <summary>The document, in which <c>"#"</c> stands for what a live process, its loops and the day make of it.</summary>
    public string Read()
    {
        var document = JsonNode.Parse(_report.Write())!.AsObject();
        foreach (var section in new[] { "ring", "memory", "gc", "transport", "tls", "certificates" })
            Mask(document[section]);
        document["ring"]!["workers"] = _proxy.Workers.Count;
        return document.ToJsonString(new() { WriteIndented = true }) + "\n";
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.Drain(TimeSpan.Zero);
        _proxy.Dispose();
        _upkeep.Dispose();
        _rotation.Dispose();
        _tls.Dispose();
        await _origin.DisposeAsync();
        _log.Dispose();
        _cache.Dispose();
        _pool.Dispose();
    }

    private static void Mask(JsonNode? node)
    {
        if (node is JsonObject members)
            foreach (var name in members.Select(member => member.Key).ToArray())
                members[name] = "#";
        else if (node is JsonArray elements)
            foreach (var element in elements)
                Mask(element);
    }

    private static void Times(int count, Action call)
    {
        for (var i = 0; i < count; i++)
            call();
    }

    private static void CountWorker(WorkerCounters counters)
    {
        Times(40, counters.CountAccepted);
        Times(7, counters.CountClosed);
        Times(2, counters.CountFailed);
        Times(3, counters.CountDeadline);
        Times(4, counters.CountLaggard);
        counters.CountEndedForRoom(5);
        Times(6, counters.CountAcceptPause);
        Times(8, counters.CountProxyHeaderRefused);
        Times(9, () => counters.CountHandshake(resumed: false));
        Times(10, () => counters.CountHandshake(resumed: true));
        Times(11, counters.CountHandshakeFailure);
        Times(12, counters.CountRequest);
        Times(13, counters.CountRefused);
        Times(30, counters.CountTunnelOpened);
        Times(14, counters.CountTunnelClosed);
        counters.CountTunnelReceived(31);
        counters.CountTunnelSent(32);
        counters.CountSent(1 << 20);
        counters.CountInterims(14);
        foreach (var outcome in Enum.GetValues<CacheOutcome>())
            Times(20 + (int)outcome, () => counters.CountOutcome(outcome));
        foreach (var refusal in Enum.GetValues<TunnelRefusal>())
            Times(33 + (int)refusal, () => counters.CountTunnelRefused(refusal));
    }

    private static void CountRecords(KtlsCounters first, KtlsCounters second)
    {
        first.CountTransmit();
        Times(2, second.CountReceive);
        Times(3, first.CountPartial);
        Times(4, second.CountRekeyRefused);
        Times(5, () => first.CountLateAbort());
        Times(1, () => first.CountRefusal(Errno.EBUSY));
        Times(5, () => second.CountRefusal(Errno.EBUSY));
        Times(7, () => first.CountRefusal(Errno.EINVAL));
        foreach (var reason in Enum.GetValues<KtlsReason>())
        {
            Times(4, () => first.CountUserSpace(reason));
            Times(6 + (int)reason, () => second.CountUserSpace(reason));
        }

        Times(21, first.Records.CountAlertSent);
        Times(22, second.Records.CountAlertReceived);
        Times(23, first.Records.CountTruncated);
        Times(24, second.Records.CountKeyUpdate);
        Times(25, first.Records.CountRenegotiationRefused);
        Times(20, first.Records.CountKeysExhausted);
        Times(6, second.Records.CountKeysExhausted);
    }

    private static void CountSessions(SessionTallies first, SessionTallies second)
    {
        Times(3, () => first.Count(new TlsSession(TlsVersion.Tls13, CipherSuite.Aes128GcmSha256, "X25519", Resumed: false)));
        Times(2, () => second.Count(new TlsSession(TlsVersion.Tls13, CipherSuite.Aes256GcmSha384, "X25519MLKEM768", Resumed: false)));
        Times(4, () => second.Count(new TlsSession(TlsVersion.Tls12, CipherSuite.Aes128GcmSha256, null, Resumed: true)));
        first.Failures.Count("ended early");
    }
}
