namespace TlsProxy.Ktls.Records;

/// <summary>Alerts the record layer sends (RFC 9846, section 6).</summary>
internal enum TlsAlert : byte
{
    CloseNotify = 0,
    UnexpectedMessage = 10,
    BadRecordMac = 20,
    RecordOverflow = 22,
    IllegalParameter = 47,
    DecodeError = 50,
    InternalError = 80,
}
