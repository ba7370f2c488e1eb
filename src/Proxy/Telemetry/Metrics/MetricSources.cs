using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>Where the rows of the <see cref="MetricTable"/> read. The parts of upper rooms come as numbers of the moment, so that this room
/// doesn't know them.</summary>
internal sealed class MetricSources
{
    public required IReadOnlyList<WorkerFigures> Workers { get; init; }

    public required long ConnectionsMaximum { get; init; }

    public required long TunnelsMaximum { get; init; }

    /// <summary>Null where nothing is served over TLS.</summary>
    public RotationFigures? Rotation { get; init; }

    public required CacheFigures Cache { get; init; }

    public required FetchFigures Fetches { get; init; }

    /// <summary>The members of the origins that the configuration file names; null where it names none.</summary>
    public IReadOnlyList<OriginFigures>? Origins { get; init; }

    /// <summary>Null where no origin is spoken to with TLS.</summary>
    public OriginTlsFigures? OriginTls { get; init; }

    public required SegmentPool Pool { get; init; }

    public required FaultLedger Faults { get; init; }

    /// <summary>Null where there is none.</summary>
    public AccessLog? AccessLog { get; init; }

    /// <summary>The sum over all workers.</summary>
    public long Sum(Func<WorkerFigures, long> figure) => Workers.Sum(figure);

    /// <summary>A sum over the counters of all workers.</summary>
    public long Count(Func<WorkerCounters, long> counter) => Workers.Sum(worker => counter(worker.Counters));

    /// <summary>Sums of the tallies of all workers.</summary>
    public IEnumerable<KeyValuePair<string, long>> Tallied(Func<SessionTallies, Tally> tally) =>
        Tally.Merge(Workers.Select(worker => tally(worker.Sessions)));

    /// <summary>A figure of each member of an origin; null where no origin has members.</summary>
    public IEnumerable<KeyValuePair<string, long>>? OfMembers(Func<OriginFigures, long> figure) =>
        Origins?.Select(member => KeyValuePair.Create(member.Name, figure(member)));

    /// <summary>What all workers have recorded.</summary>
    public HistogramSnapshot Merge(Func<WorkerLatencies, LatencyHistogram> histogram) =>
        HistogramSnapshot.Merge(Workers.Select(worker => histogram(worker.Counters.Latencies)));
}
