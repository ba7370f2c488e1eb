namespace TlsProxy.Handshake;

/// <summary>The library that runs handshakes.</summary>
public enum TlsEngine : byte
{
    OpenSsl,

    /// <summary>BouncyCastle.Cryptography, with libcrypto for keys, signatures and hashes.</summary>
    BouncyCastle,
}
