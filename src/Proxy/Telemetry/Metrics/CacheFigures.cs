namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>What the cache holds, and what it has evicted.</summary>
internal readonly record struct CacheFigures(long Entries, long Bytes, long Evictions);
