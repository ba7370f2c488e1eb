namespace TlsProxy.Handshake.Records;

/// <summary>Lengths in bytes that all records have in common, and those of the AEADs in use.</summary>
public static class RecordLayout
{
    /// <summary>Type, version and length (RFC 9846, section 5.1).</summary>
    public const int HeaderLength = 5;

    /// <summary>Content of a record at most (RFC 9846, section 5.1).</summary>
    public const int PlaintextMaximum = 16384;

    /// <summary>Bytes that protection may add to a record's plaintext (RFC 9846, section 5.2; RFC 5246, section 6.2.3).</summary>
    public const int ExpansionMaximum = 2048;

    public const int RecordMaximum = HeaderLength + PlaintextMaximum + ExpansionMaximum;

    /// <summary>What sealing adds with AES-GCM and ChaCha20-Poly1305 (RFC 5116, section 5.1; RFC 8439, section 2.8).</summary>
    public const int TagLength = 16;

    /// <summary>Of both AEADs, and so of an IV (RFC 9846, section 5.3).</summary>
    public const int NonceLength = 12;

    /// <summary>The part of an AES-GCM nonce that TLS 1.2 doesn't send (RFC 5288, section 3).</summary>
    public const int SaltLength = 4;

    /// <summary>The rest of it, which TLS 1.2 sends before the ciphertext.</summary>
    public const int ExplicitNonceLength = NonceLength - SaltLength;
}
