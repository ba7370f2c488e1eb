namespace TlsProxy.Handshake;

/// <summary>Which clients are served: Mozilla's recommendations for servers, version 6.0.</summary>
public enum TlsProfile : byte
{
    /// <summary>TLS 1.3 and 1.2, with forward secrecy and an AEAD.</summary>
    Intermediate,

    /// <summary>TLS 1.3 only.</summary>
    Modern,
}
