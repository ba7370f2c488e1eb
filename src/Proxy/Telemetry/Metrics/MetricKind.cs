namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>How the values of a metric follow one another.</summary>
internal enum MetricKind : byte
{
    /// <summary>Only grows, from the start of the process.</summary>
    Counter,

    /// <summary>What there is at the moment.</summary>
    Gauge,

    /// <summary>How many values fell into each range, from the start of the process.</summary>
    Histogram,
}
