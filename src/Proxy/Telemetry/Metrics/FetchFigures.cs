namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>The requests to the origin.</summary>
internal readonly record struct FetchFigures(long Started, long InFlight, long Joinable, long ArrivingBytes, long Subscribers);
