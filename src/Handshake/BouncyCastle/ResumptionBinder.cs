namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>BouncyCastle takes a key that a server knows beforehand only for one from outside. Ours are those of tickets, and the two kinds
/// differ in the label of the binder key alone (RFC 9846, section 7.1); the labels are equally long.</summary>
internal static class ResumptionBinder
{
    // Behind the length of the output and that of the label: the prefix and the label, then an empty transcript's hash.
    private const int LabelOffset = 3;

    private static ReadOnlySpan<byte> External => "tls13 ext binder"u8;

    private static ReadOnlySpan<byte> Resumption => "tls13 res binder"u8;

    /// <summary>The info of HKDF-Expand-Label, with the label of a resumption in place of that of an external key.</summary>
    public static ReadOnlySpan<byte> LabelFor(ReadOnlySpan<byte> info)
    {
        if (info.Length < LabelOffset + External.Length || !info.Slice(LabelOffset, External.Length).SequenceEqual(External))
            return info;
        var changed = info.ToArray();
        Resumption.CopyTo(changed.AsSpan(LabelOffset));
        return changed;
    }
}
