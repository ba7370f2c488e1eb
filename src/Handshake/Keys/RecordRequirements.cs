using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.Keys;

/// <summary>What a handshake has agreed on for the records behind it, whatever engine has run it. It is told with the keys; those that make
/// records honour it. <see cref="RecordAgreements"/> lists all that there is to agree on.</summary>
public readonly record struct RecordRequirements
{
    /// <summary>Bytes of plaintext in a record where nothing else was agreed on (RFC 9846, section 5.1).</summary>
    public const int PlaintextDefault = RecordLayout.PlaintextMaximum;

    private readonly int _plaintextMaximum;

    /// <param name="plaintextMaximum">512, 1,024, 2,048 or 4,096 by max_fragment_length (RFC 6066, section 4), else 16,384.</param>
    public RecordRequirements(int plaintextMaximum)
    {
        if (plaintextMaximum is not (512 or 1024 or 2048 or 4096 or PlaintextDefault))
            throw new ArgumentOutOfRangeException(nameof(plaintextMaximum), plaintextMaximum, "RFC 6066 knows no such fragment length.");
        _plaintextMaximum = plaintextMaximum == PlaintextDefault ? 0 : plaintextMaximum;
    }

    /// <summary>Bytes of plaintext in a record at most, in both directions.</summary>
    public int PlaintextMaximum => _plaintextMaximum == 0 ? PlaintextDefault : _plaintextMaximum;

    /// <summary>Whether records are shorter than the kernel's TLS makes them.</summary>
    public bool LimitsPlaintext => _plaintextMaximum != 0;
}
