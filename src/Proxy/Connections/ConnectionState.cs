namespace TlsProxy.Proxy.Connections;

/// <summary>Stages of a <see cref="Connection"/>.</summary>
internal enum ConnectionState : byte
{
    Closed,

    /// <summary>Before the protocol speaks: the header of the PROXY protocol, and the handshake.</summary>
    Starting,

    /// <summary>The protocol speaks with the client.</summary>
    Open,

    /// <summary>The wait for a request is over: what has come meanwhile is read once more before the close.</summary>
    Leaving,

    /// <summary>The channel is closing, or the socket that never got one.</summary>
    Closing,
}
