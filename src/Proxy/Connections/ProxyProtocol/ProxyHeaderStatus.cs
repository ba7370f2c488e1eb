namespace TlsProxy.Proxy.Connections.ProxyProtocol;

/// <summary>What is known of the bytes with which a connection begins.</summary>
internal enum ProxyHeaderStatus : byte
{
    /// <summary>They may become a header.</summary>
    NeedMore,

    /// <summary>There is a whole header.</summary>
    Complete,

    /// <summary>They are no header, or one that nobody may send.</summary>
    Malformed,
}
