namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>How long what one worker does takes. The times are those of the loop's clock, which is read once a turn: a cache hit reads no
/// clock for them.</summary>
internal sealed class WorkerLatencies
{
    /// <summary>Bytes of all, as allocated.</summary>
    public const int Bytes = 4 * LatencyHistogram.Bytes;

    /// <summary>From the accept to the keys.</summary>
    public LatencyHistogram Handshake { get; } = new();

    /// <summary>From a whole request head to the first bytes of the response that the kernel took.</summary>
    public LatencyHistogram FirstByte { get; } = new();

    /// <summary>From a whole request head to the last bytes of the response.</summary>
    public LatencyHistogram Response { get; } = new();

    /// <summary>From a request for a fetch to the head of its answer, or to its failure.</summary>
    public LatencyHistogram Upstream { get; } = new();
}
