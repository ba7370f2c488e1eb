namespace TlsProxy.Proxy.Telemetry;

/// <summary>Why an offer to switch protocols opened no tunnel.</summary>
internal enum TunnelRefusal : byte
{
    /// <summary>The request isn't one that opens a WebSocket.</summary>
    Handshake,

    /// <summary>A rule or an option forbids it.</summary>
    Forbidden,

    /// <summary>There are as many tunnels as may be.</summary>
    Full,

    /// <summary>The origin answered otherwise, or didn't answer.</summary>
    Origin,
}
