namespace TlsProxy.Proxy.Http;

/// <summary>The methods the proxy treats by name; all others pass through as <see cref="Other"/> (RFC 9110, section 9).</summary>
internal enum KnownMethod : byte
{
    Other,
    Get,
    Head,
    Post,
    Put,
    Delete,
    Options,
    Trace,
    Connect,
    Patch,
}
