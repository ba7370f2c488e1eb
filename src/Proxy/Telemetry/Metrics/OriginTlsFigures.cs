namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>The TLS of connections to origins.</summary>
internal sealed record OriginTlsFigures(long Handshakes, long Resumed, long Failed, long KernelTransmit, long KernelReceive);
