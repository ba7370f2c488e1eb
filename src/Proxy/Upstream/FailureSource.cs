namespace TlsProxy.Proxy.Upstream;

/// <summary>The stage at which a request to an origin failed.</summary>
internal enum FailureSource : byte
{
    /// <summary>No connection carried the request, so no byte of it left.</summary>
    Connect,

    /// <summary>The TLS handshake with the origin failed; no byte of the request left.</summary>
    Tls,

    /// <summary>The request, or a part of it, had left; no whole final head had come.</summary>
    BeforeHead,

    /// <summary>The final head had come, the body wasn't whole.</summary>
    InBody,

    /// <summary>The proxy or its client ended the request: the failure says nothing about the origin.</summary>
    Proxy,
}
