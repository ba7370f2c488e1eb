using System.Buffers.Binary;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>NewSessionTicket of TLS 1.3 (RFC 9846, section 4.7.1), in the first records under the server's application key.</summary>
internal static class TicketMessage
{
    private const byte NewSessionTicket = 4;
    private const int HeaderLength = 4;
    private const int SecondsMaximum = 7 * 24 * 3600;

    /// <summary>The one nonce: a handshake sends one ticket.</summary>
    public static ReadOnlySpan<byte> Nonce => [0];

    /// <summary>Seconds that a ticket is good for.</summary>
    public static uint Lifetime(TimeSpan lifetime) => (uint)Math.Clamp(lifetime.TotalSeconds, 1, SecondsMaximum);

    /// <summary>Writes the message behind the output, as the records from sequence number 0 on.</summary>
    public static void Write(byte[] ticket, TimeSpan lifetime, SessionKeys keys, GrowingBuffer output)
    {
        var message = Encode(ticket, lifetime);
        var aead = keys.Suite.Aead();
        var (transmit, format) = (keys.Transmit, new RecordFormat(TlsVersion.Tls13, aead));
        using var sealer = RecordCipher.CreateSealer(aead, transmit.Key);
        Span<byte> nonce = stackalloc byte[RecordFormat.NonceLength];
        foreach (var part in message.Chunk(keys.Requirements.PlaintextMaximum))
        {
            var record = output.Extend(part.Length + format.Overhead);
            var header = record[..RecordFormat.HeaderLength];
            format.WriteHeader(header, ContentType.Handshake, record.Length - header.Length);
            format.WriteNonce(nonce, transmit, default);
            sealer.Seal(nonce, header, part, [(byte)ContentType.Handshake], record[header.Length..]);
            transmit.Sequence++;
        }
    }

    private static byte[] Encode(byte[] ticket, TimeSpan lifetime)
    {
        var body = 4 + 4 + 1 + Nonce.Length + 2 + ticket.Length + 2;
        var message = new byte[HeaderLength + body];
        message[0] = NewSessionTicket;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)body);
        var rest = message.AsSpan(HeaderLength);
        BinaryPrimitives.WriteUInt32BigEndian(rest, Lifetime(lifetime));
        RandomNumberGenerator.Fill(rest.Slice(4, 4));
        rest[8] = (byte)Nonce.Length;
        Nonce.CopyTo(rest[9..]);
        rest = rest[(9 + Nonce.Length)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)ticket.Length);
        ticket.CopyTo(rest[2..]);
        return message;
    }
}
