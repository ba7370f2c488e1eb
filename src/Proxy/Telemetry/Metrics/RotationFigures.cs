namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>The rotation of certificates and ticket keys.</summary>
internal sealed record RotationFigures(long CertificatesChanged, long Refused, long TicketKeys, long TicketKeyRotations);
