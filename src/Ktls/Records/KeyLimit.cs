using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Records;

/// <summary>How many records one key protects at most (RFC 9846, section 5.5). The default value means no limit: a stream without
/// keys has none.</summary>
internal readonly struct KeyLimit
{
    /// <summary>AES-GCM: 2^24.5 full records, some 388 GB. TLS 1.2 names no limit; the cipher is the same.</summary>
    public const ulong AesGcmRecords = 23_726_566;

    /// <summary>The smallest limit that may be set: below it no request would fit after <see cref="IsNear"/>.</summary>
    public const int Minimum = 32;

    // For the alerts that close the connection.
    private const ulong Reserved = 2;

    private readonly ulong _maximum;

    /// <param name="records">A lower limit than the cipher's, or null.</param>
    public KeyLimit(Aead aead, int? records)
    {
        // ChaCha20: the sequence number would wrap before the cipher's limit is reached, and it must not wrap (RFC 9846, section 5.3).
        var borne = aead == Aead.ChaCha20Poly1305 ? ulong.MaxValue : AesGcmRecords;
        _maximum = records is { } fewer ? Math.Min((ulong)fewer, borne) : borne;
    }

    /// <summary>Whether it is time to change the keys, or to end the connection after the next response. A quarter of the limit is left for
    /// what is under way.</summary>
    /// <param name="used">Records that the key has protected.</param>
    public bool IsNear(ulong used) => _maximum != 0 && used >= _maximum - (_maximum / 4);

    /// <summary>Records that may follow, beside those that tell the end.</summary>
    public ulong Room(ulong used)
    {
        if (_maximum == 0)
            return ulong.MaxValue;
        return used < _maximum - Reserved ? _maximum - Reserved - used : 0;
    }

    /// <summary>Whether one more record may be protected, be it the one that tells the end.</summary>
    public bool AllowsLast(ulong used) => _maximum == 0 || used < _maximum;
}
