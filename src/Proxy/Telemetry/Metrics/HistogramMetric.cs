namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>A metric of how values are distributed. It has no field in <c>/stats</c>.</summary>
/// <param name="Read">Gives the values of all workers.</param>
internal sealed record HistogramMetric(string Name, string Unit, string Help, Func<MetricSources, HistogramSnapshot> Read)
    : Metric(Name, MetricKind.Histogram, Unit, Help, Place: null);
