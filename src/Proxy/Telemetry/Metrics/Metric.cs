namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>A row of the <see cref="MetricTable"/>.</summary>
/// <param name="Name">Lower-case words with underscores between them, its area first.</param>
/// <param name="Unit">What one of it is, in the plural.</param>
/// <param name="Help">What it counts or measures, as one or more sentences.</param>
/// <param name="Place">Its field in <c>/stats</c>, the section before a dot; null where it isn't there. The name <c>*</c> spreads the
/// labels over the section.</param>
internal abstract record Metric(string Name, MetricKind Kind, string Unit, string Help, string? Place);
