namespace TlsProxy.Handshake.Engines;

/// <summary>How the peer's certificate was judged.</summary>
public enum PeerVerification : byte
{
    /// <summary>The peer has presented none.</summary>
    NoCertificate,

    /// <summary>Its chain leads to an authority; where a client has named a server, the certificate is for that name.</summary>
    Verified,
}
