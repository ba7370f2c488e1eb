namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>A metric of one number.</summary>
/// <param name="Read">Gives it, or null where what it is about isn't configured.</param>
internal sealed record ScalarMetric(
    string Name, MetricKind Kind, string Unit, string Help, string? Place, Func<MetricSources, long?> Read)
    : Metric(Name, Kind, Unit, Help, Place);
