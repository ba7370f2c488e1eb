namespace TlsProxy.Bench.Load.Entries;

/// <summary>One measurement of hits while a cache filled. Latencies count from when a hit was due to its last byte.</summary>
/// <param name="Hits">How many were measured.</param>
/// <param name="MedianMicroseconds">p50.</param>
/// <param name="P99Microseconds">p99.</param>
/// <param name="HighestMicroseconds">The longest.</param>
/// <param name="ResidentMebibytes">Of the server with the full cache.</param>
/// <param name="BytesBesideBody">By which the server grew for each entry, beyond the body.</param>
/// <param name="Collections">What was counted while the cache filled.</param>
/// <param name="ClientShare">The share of the load generator's processor that it, the origin and others took.</param>
internal sealed record EntriesSample(
    double MissesPerSecond,
    long Hits,
    double MedianMicroseconds,
    double P99Microseconds,
    double HighestMicroseconds,
    double ResidentMebibytes,
    double BytesBesideBody,
    EntryCounts Collections,
    double ClientShare);
