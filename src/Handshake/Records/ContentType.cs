namespace TlsProxy.Handshake.Records;

/// <summary>Content types of records (RFC 9846, section 5.1).</summary>
public enum ContentType : byte
{
    None = 0,
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,
    ApplicationData = 23,
}
