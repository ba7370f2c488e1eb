using System.Buffers.Binary;
using System.Security.Cryptography;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>What a session ticket of this engine's holds. It begins with a mark, so that a ticket of another engine with the same keys is
/// taken for none.</summary>
internal sealed record SessionTicket
{
    // Behind the mark: version, suite, flags, fragment code, the time in milliseconds, the context, and three lengths.
    private const int FixedLength = MarkLength + 2 + 2 + 1 + 1 + 8 + SessionContext.Length + 1 + 2 + 3;
    private const int MarkLength = 4;
    private const int SecretMaximum = 48;

    public required TlsVersion Version { get; init; }

    public required CipherSuite Suite { get; init; }

    /// <summary>TLS 1.2: whether the master secret is bound to the handshake (RFC 7627).</summary>
    public bool IsExtendedMaster { get; init; }

    /// <summary>The code of max_fragment_length; 0 for none.</summary>
    public byte Fragment { get; init; }

    public required DateTimeOffset Made { get; init; }

    public required ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>The key that TLS 1.3 resumes with, or the master secret of TLS 1.2.</summary>
    public required byte[] Secret { get; init; }

    public PeerCertificate? Client { get; init; }

    /// <summary>Whether its key is being replaced: its client should get a ticket of the newest.</summary>
    public bool HasOlderKey { get; init; }

    private static ReadOnlySpan<byte> Mark => "TPB\u0001"u8;

    public byte[] Encode()
    {
        var subject = System.Text.Encoding.Latin1.GetBytes(Client?.Subject ?? string.Empty);
        var der = Client?.Der ?? default;
        var encoded = new byte[FixedLength + Secret.Length + subject.Length + der.Length];
        Mark.CopyTo(encoded);
        var rest = encoded.AsSpan(MarkLength);
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)Version);
        BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)Suite);
        (rest[4], rest[5]) = (IsExtendedMaster ? (byte)1 : (byte)0, Fragment);
        BinaryPrimitives.WriteInt64BigEndian(rest[6..], Made.ToUnixTimeMilliseconds());
        Context.Span.CopyTo(rest[14..]);
        rest = rest[(14 + SessionContext.Length)..];
        rest[0] = (byte)Secret.Length;
        BinaryPrimitives.WriteUInt16BigEndian(rest[1..], (ushort)subject.Length);
        rest[3] = (byte)(der.Length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(rest[4..], (ushort)der.Length);
        Secret.CopyTo(rest[6..]);
        subject.CopyTo(rest[(6 + Secret.Length)..]);
        der.Span.CopyTo(rest[(6 + Secret.Length + subject.Length)..]);
        return encoded;
    }

    /// <summary>Reads what was encoded; null where it is none.</summary>
    public static SessionTicket? Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length < FixedLength || !encoded.StartsWith(Mark))
            return null;
        var rest = encoded[MarkLength..];
        var lengths = rest[(14 + SessionContext.Length)..];
        var (secret, subject) = (lengths[0], BinaryPrimitives.ReadUInt16BigEndian(lengths[1..]));
        var der = (lengths[3] << 16) | BinaryPrimitives.ReadUInt16BigEndian(lengths[4..]);
        if (secret is 0 or > SecretMaximum || encoded.Length != FixedLength + secret + subject + der)
            return null;
        var body = lengths[6..];
        return new SessionTicket
        {
            Version = (TlsVersion)BinaryPrimitives.ReadUInt16BigEndian(rest),
            Suite = (CipherSuite)BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
            IsExtendedMaster = rest[4] != 0,
            Fragment = rest[5],
            Made = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(rest[6..])),
            Context = rest.Slice(14, SessionContext.Length).ToArray(),
            Secret = body[..secret].ToArray(),
            Client = der == 0
                ? null
                : new PeerCertificate(
                    System.Text.Encoding.Latin1.GetString(body.Slice(secret, subject)), body[(secret + subject)..].ToArray()),
        };
    }

    /// <summary>Zeroes the secret.</summary>
    public void Forget() => CryptographicOperations.ZeroMemory(Secret);
}
