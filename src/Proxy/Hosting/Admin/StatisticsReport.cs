using System.Text.Json;
using TlsProxy.Handshake;
using TlsProxy.Ktls.Costs;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The metrics of the whole proxy as one JSON object, with the parts that aren't metrics. Callable from any thread.</summary>
internal sealed class StatisticsReport(
    ProxyServer server, ResponseCache cache, FetchTable fetches, RecordChoice? choice, SegmentPool pool, CertificateRotation? certificates,
    AccessLog? accessLog, FaultLedger faults)
{
    /// <summary>What runs the handshakes; null without TLS.</summary>
    public EngineChoice? Engine { get; init; }

    /// <summary>The origins of the configuration file.</summary>
    public IReadOnlyList<ClusterState> Origins { get; init; } = [];

    /// <summary>Reads the TLS of connections to origins; null where no origin has it.</summary>
    public Func<OriginTlsFigures>? OriginTls { get; init; }

    public byte[] Write()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            new StatisticsWriter(json, ReadSources()).Write(Others());
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Where metrics are read, with the numbers of the moment.</summary>
    public MetricSources ReadSources() => new()
    {
        Workers = [.. server.Workers.Select(FiguresOf)],
        ConnectionsMaximum = server.ConnectionsMaximum,
        TunnelsMaximum = server.TunnelsMaximum,
        Rotation = certificates is not { Context.TicketKeys: var keys } ? null
            : new RotationFigures(certificates.Changed, certificates.Refused, keys.Count, keys.Rotations),
        Cache = new CacheFigures(cache.Count, cache.Bytes, cache.Evictions),
        Fetches = new FetchFigures(
            fetches.Started, fetches.InFlight, fetches.Joinable, fetches.Services.Arriving.Bytes, fetches.Subscribers),
        Origins = Origins.Count == 0 ? null : [.. Origins.SelectMany(FiguresOf)],
        OriginTls = OriginTls?.Invoke(),
        Pool = pool,
        Faults = faults,
        AccessLog = accessLog,
    };

    private static IEnumerable<OriginFigures> FiguresOf(ClusterState state) => state.Cluster.Members.Zip(state.Read(), (member, figures) =>
        new OriginFigures(
            $"{state.Cluster.Name}/{member.Options.Label}", figures.IsUp, figures.InFlight, figures.Requests, figures.Failures,
            figures.Ejections, (long)figures.Latency.TotalMicroseconds));

    private static WorkerFigures FiguresOf(Worker worker) => new(worker.Counters, worker.Loop.Statistics)
    {
        Open = worker.Counters.Open,
        Sessions = worker.Services.Sessions,
        Ktls = worker.Services.KtlsCounters,
        Uploads = worker.Services.Exchanges.UploadPool,
        Operations = worker.Loop.PendingOperations,
        Deadlines = worker.Loop.ArmedDeadlines,
        HandshakesHeld = worker.HandshakeGate.Held,
        HandshakesDropped = worker.HandshakeGate.Dropped,
        HandshakesDelayed = worker.HandshakeGate.Delayed,
    };

    /// <summary>The parts that aren't metrics, as <see cref="StatisticsWriter.Write"/> takes them.</summary>
    private Dictionary<string, Action<Utf8JsonWriter>> Others()
    {
        var others = new Dictionary<string, Action<Utf8JsonWriter>> { ["ring"] = WriteLibraries };
        if (choice is not null)
            others["ktls.lateAborts"] = json => RecordChoiceReport.Write(json, choice);
        if (certificates is not null)
            others["rotation"] = json => CertificateReport.Write(json, certificates, TimeProvider.System.GetUtcNow());
        return others;
    }

    private void WriteLibraries(Utf8JsonWriter json)
    {
        WriteTransport(json);
        if (Engine is null)
            return;
        json.WriteStartObject("tls");
        json.WriteString("engine", Engine.Name);
        json.WriteString("library", Engine.Library);
        json.WriteString("reason", Engine.Reason);
        json.WriteEndObject();
    }

    private void WriteTransport(Utf8JsonWriter json)
    {
        json.WriteStartObject("transport");
        json.WriteString("name", server.Backend.Name);
        json.WriteString("features", server.Backend.Features);
        json.WriteString("reason", server.Backend.Reason);
        json.WriteEndObject();
    }
}
