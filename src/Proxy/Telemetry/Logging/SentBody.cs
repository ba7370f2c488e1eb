namespace TlsProxy.Proxy.Telemetry.Logging;

/// <summary>What left of a response's body.</summary>
/// <param name="Bytes">Its bytes without the framing of chunks; with the lines between parts.</param>
/// <param name="Arrived">When its last byte had come from the origin, in nanoseconds of the loop's clock; 0 if before the response.</param>
internal readonly record struct SentBody(long Bytes, long Arrived);
