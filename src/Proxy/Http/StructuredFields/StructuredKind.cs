namespace TlsProxy.Proxy.Http.StructuredFields;

/// <summary>The types of values in structured fields (RFC 9651, section 3).</summary>
internal enum StructuredKind : byte
{
    Integer,
    Decimal,
    String,
    Token,
    Bytes,
    Boolean,
    Date,
    DisplayString,
    InnerList,
}
