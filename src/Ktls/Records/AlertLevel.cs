namespace TlsProxy.Ktls.Records;

/// <summary>Levels of alerts (RFC 5246, section 7.2); in TLS 1.3 the alert itself tells (RFC 9846, section 6).</summary>
internal enum AlertLevel : byte
{
    None = 0,
    Warning = 1,
    Fatal = 2,
}
