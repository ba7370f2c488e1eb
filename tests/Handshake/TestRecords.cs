using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.Tests;

/// <summary>Records of data under the keys that a handshake has left, written out after the RFCs.</summary>
internal static class TestRecords
{
    private const byte Data = 23;
    private const int SaltLength = 4;
    private const int ExplicitLength = 8;

    /// <summary>Opens the next record of a direction.</summary>
    public static byte[] Open(SessionKeys session, TrafficKeys keys, ReadOnlySpan<byte> record)
    {
        var text = TryOpen(session, keys, record);
        Assert.True(text is not null, $"at {keys.Sequence}");
        return text;
    }

    /// <summary>Opens what may be the next record of a direction.</summary>
    /// <returns>Null where it isn't authentic.</returns>
    public static byte[]? TryOpen(SessionKeys session, TrafficKeys keys, ReadOnlySpan<byte> record)
    {
        if (record.Length < Wire.HeaderLength + (HasExplicit(session) ? ExplicitLength : 0) + RecordCipher.TagLength)
            return null;
        using var opener = RecordCipher.CreateOpener(session.Suite.Aead(), keys.Key);
        var body = record[Wire.HeaderLength..];
        var nonce = Nonce(session, keys, HasExplicit(session) ? body[..ExplicitLength] : default);
        if (HasExplicit(session))
            body = body[ExplicitLength..];
        var text = new byte[body.Length - RecordCipher.TagLength];
        if (!opener.Open(nonce, Associated(session, keys, record, text.Length), body, text))
            return null;
        keys.Sequence++;
        return session.Version == TlsVersion.Tls13 ? text[..^1] : text;
    }

    /// <summary>Seals the next record of a direction.</summary>
    public static byte[] Seal(SessionKeys session, TrafficKeys keys, ReadOnlySpan<byte> text)
    {
        using var sealer = RecordCipher.CreateSealer(session.Suite.Aead(), keys.Key);
        byte[] trailer = session.Version == TlsVersion.Tls13 ? [Data] : [];
        var start = Wire.HeaderLength + (HasExplicit(session) ? ExplicitLength : 0);
        var record = new byte[start + text.Length + trailer.Length + RecordCipher.TagLength];
        (record[0], record[1], record[2]) = (Data, 3, 3);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)(record.Length - Wire.HeaderLength));
        if (HasExplicit(session))
            BinaryPrimitives.WriteUInt64BigEndian(record.AsSpan(Wire.HeaderLength), keys.ExplicitNonce++);
        var nonce = Nonce(session, keys, record.AsSpan(Wire.HeaderLength, start - Wire.HeaderLength));
        sealer.Seal(nonce, Associated(session, keys, record, text.Length), text, trailer, record.AsSpan(start));
        keys.Sequence++;
        return record;
    }

    /// <summary>Opens all records that one key has protected, the first at its number 0, and checks that no two of them have the same nonce
    /// (RFC 9846, section 5.3; RFC 5288, section 3).</summary>
    public static void CheckNonces(SessionKeys session, TrafficKeys keys, IReadOnlyList<byte[]> records)
    {
        var nonces = new HashSet<string>();
        keys.Sequence = 0;
        foreach (var record in records)
        {
            var explicitPart = HasExplicit(session) ? record.AsSpan(Wire.HeaderLength, ExplicitLength) : default;
            var nonce = Convert.ToHexString(Nonce(session, keys, explicitPart));
            Assert.True(nonces.Add(nonce), $"The nonce of record {keys.Sequence} has been used before.");
            Open(session, keys, record);
        }
    }

    private static bool HasExplicit(SessionKeys session) =>
        session.Version == TlsVersion.Tls12 && session.Suite.Aead() != Aead.ChaCha20Poly1305;

    private static byte[] Nonce(SessionKeys session, TrafficKeys keys, ReadOnlySpan<byte> explicitPart)
    {
        var nonce = keys.Iv.ToArray();
        var rest = nonce.AsSpan(SaltLength);
        if (HasExplicit(session))
            explicitPart.CopyTo(rest);
        else
            BinaryPrimitives.WriteUInt64BigEndian(rest, BinaryPrimitives.ReadUInt64BigEndian(rest) ^ keys.Sequence);
        return nonce;
    }

    /// <summary>The header in TLS 1.3; in TLS 1.2 the sequence number and a header with the length of the plaintext.</summary>
    private static byte[] Associated(SessionKeys session, TrafficKeys keys, ReadOnlySpan<byte> record, int length)
    {
        if (session.Version == TlsVersion.Tls13)
            return record[..Wire.HeaderLength].ToArray();
        var associated = new byte[sizeof(ulong) + Wire.HeaderLength];
        BinaryPrimitives.WriteUInt64BigEndian(associated, keys.Sequence);
        record[..3].CopyTo(associated.AsSpan(sizeof(ulong)));
        BinaryPrimitives.WriteUInt16BigEndian(associated.AsSpan(sizeof(ulong) + 3), (ushort)length);
        return associated;
    }
}
