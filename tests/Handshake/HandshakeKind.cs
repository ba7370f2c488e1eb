namespace TlsProxy.Handshake.Tests;

/// <summary>Handshakes by their flights.</summary>
public enum HandshakeKind
{
    Full,
    Resumed,

    /// <summary>The client's first share is of no use, in TLS 1.3.</summary>
    Retried,

    /// <summary>The client presents a certificate.</summary>
    Certified,
}
