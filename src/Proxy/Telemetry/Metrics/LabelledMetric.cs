namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>A metric of one number for each value of a label.</summary>
/// <param name="Label">What the values of the label are.</param>
/// <param name="Read">Gives the numbers by the label's value; null where there is nothing to count.</param>
internal sealed record LabelledMetric(
    string Name, MetricKind Kind, string Unit, string Help, string? Place, string Label,
    Func<MetricSources, IEnumerable<KeyValuePair<string, long>>?> Read)
    : Metric(Name, Kind, Unit, Help, Place);
