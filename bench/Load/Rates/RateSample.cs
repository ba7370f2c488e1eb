namespace TlsProxy.Bench.Load.Rates;

/// <summary>One measurement at a constant rate. Latencies count from when a request was due to the last byte of its response.</summary>
/// <param name="Offered">Requests due a second.</param>
/// <param name="Answered">Requests answered a second, until the last response.</param>
/// <param name="MedianMicroseconds">p50.</param>
/// <param name="P99Microseconds">p99.</param>
/// <param name="P999Microseconds">p99.9.</param>
/// <param name="HighestMicroseconds">The longest.</param>
/// <param name="ProcessorMicroseconds">The server's user and system time per request.</param>
/// <param name="Unanswered">Requests that had not been sent when the server was given up; they are in no percentile.</param>
/// <param name="ClientShare">The share of the load generator's processor that it and others took: near 1 its own queue is measured.</param>
/// <param name="WokeLateMicroseconds">p99 of how late an idle client woke for its request: the generator's own part of
/// latencies.</param>
internal sealed record RateSample(
    double Offered,
    double Answered,
    double MedianMicroseconds,
    double P99Microseconds,
    double P999Microseconds,
    double HighestMicroseconds,
    double ProcessorMicroseconds,
    long Unanswered,
    double ClientShare,
    double WokeLateMicroseconds)
{
    /// <summary>A generator on a busier processor doesn't keep its own pace.</summary>
    public const double ClientShareAtMost = 0.9;

    /// <summary>Whether the load generator, and not the server, made the latencies.</summary>
    public bool IsOfClient => ClientShare > ClientShareAtMost;

    /// <summary>Whether the server fell behind the rate: its latencies then grow with the length of the measurement.</summary>
    public bool IsBehind => Unanswered > 0 || Answered < 0.9 * Offered;
}
