using System.Security.Cryptography;
using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Seals and opens tickets with the keys that all engines share: a key's name, an IV, AES-256-CBC, HMAC-SHA256 (RFC 5077, section
/// 4).</summary>
internal static class TicketOffice
{
    private const int IvLength = 16;
    private const int BlockLength = 16;
    private const int MacLength = 32;
    private const int HeaderLength = TicketKeys.NameLength + IvLength;

    /// <summary>Seals a ticket; null where there are no keys any more.</summary>
    public static byte[]? Seal(SessionTicket ticket, TicketKeyRing ring)
    {
        if (ring.TryAcquire() is not { } keys)
            return null;
        var text = ticket.Encode();
        try
        {
            Span<byte> iv = stackalloc byte[IvLength];
            RandomNumberGenerator.Fill(iv);
            var length = HeaderLength + ((text.Length / BlockLength) + 1) * BlockLength;
            var ticketBytes = new byte[length + MacLength];
            keys.Name(0).CopyTo(ticketBytes);
            iv.CopyTo(ticketBytes.AsSpan(TicketKeys.NameLength));
            TicketCipher.Encrypt(keys.AesKey(0), iv, text, ticketBytes.AsSpan(HeaderLength, length - HeaderLength));
            Authenticate(keys.HmacKey(0), ticketBytes.AsSpan(0, length), ticketBytes.AsSpan(length));
            return ticketBytes;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            keys.Release();
        }
    }

    /// <summary>Opens a ticket; null where it isn't of these keys or of another engine.</summary>
    public static SessionTicket? Open(ReadOnlySpan<byte> sealedTicket, TicketKeyRing ring)
    {
        var body = sealedTicket.Length - HeaderLength - MacLength;
        if (body <= 0 || body % BlockLength != 0 || ring.TryAcquire() is not { } keys)
            return null;
        try
        {
            var index = keys.Find(sealedTicket[..TicketKeys.NameLength]);
            if (index < 0)
                return null;
            Span<byte> mac = stackalloc byte[MacLength];
            Authenticate(keys.HmacKey(index), sealedTicket[..^MacLength], mac);
            if (!CryptographicOperations.FixedTimeEquals(mac, sealedTicket[^MacLength..]))
                return null;
            var iv = sealedTicket.Slice(TicketKeys.NameLength, IvLength);
            var text = new byte[body];
            var length = TicketCipher.TryDecrypt(keys.AesKey(index), iv, sealedTicket.Slice(HeaderLength, body), text);
            var ticket = SessionTicket.Decode(text.AsSpan(0, Math.Max(length, 0)));
            CryptographicOperations.ZeroMemory(text);
            return ticket is null ? null : ticket with { HasOlderKey = index > 0 };
        }
        finally
        {
            keys.Release();
        }
    }

    private static void Authenticate(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> mac)
    {
        var hmac = KeyedHashes.Of(HashAlgorithmName.SHA256);
        hmac.SetKey(key);
        hmac.Compute(data, default, mac);
        hmac.Clear();
    }
}
