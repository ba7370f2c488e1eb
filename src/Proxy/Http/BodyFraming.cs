namespace TlsProxy.Proxy.Http;

/// <summary>How the end of a message body is found (RFC 9112, section 6).</summary>
internal enum BodyFraming : byte
{
    None,
    Length,
    Chunked,

    /// <summary>The end of the connection ends the body; responses only.</summary>
    UntilClose,
}
