namespace TlsProxy.Proxy.Http;

/// <summary>The versions served (RFC 9112, section 2.3). A higher minor version is served as 1.1.</summary>
internal enum HttpVersion : byte
{
    Http10,
    Http11,
}
