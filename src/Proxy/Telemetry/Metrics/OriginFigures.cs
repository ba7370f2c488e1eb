namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>One member of an origin.</summary>
/// <param name="Name">The origin's name, a slash, and the member's address.</param>
/// <param name="LatencyMicroseconds">From a request to the head of its response, as a moving average.</param>
internal sealed record OriginFigures(
    string Name, bool IsUp, long InFlight, long Requests, long Failures, long Ejections, long LatencyMicroseconds);
