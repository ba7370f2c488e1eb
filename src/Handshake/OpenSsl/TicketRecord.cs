using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>Seals a ticket that the record layer has opened once more for libssl, which takes messages in records only. libssl stays with
/// the first keys and counts the tickets it gets, whatever has become of the connection's keys and numbers since. The records never leave
/// the process, so that their nonces harm no other.</summary>
internal static class TicketRecord
{
    /// <param name="secret">The server's first traffic secret.</param>
    /// <param name="sequence">How many libssl has had.</param>
    /// <param name="message">As long as a record's content at most.</param>
    /// <returns>A record of TLS 1.3.</returns>
    internal static byte[] Seal(CipherSuite suite, ReadOnlySpan<byte> secret, ulong sequence, ReadOnlySpan<byte> message)
    {
        var format = new RecordFormat(TlsVersion.Tls13, suite.Aead());
        using var keys = TrafficKeys.FromSecret(suite, secret);
        keys.Sequence = sequence;
        using var sealer = RecordCipher.CreateSealer(suite.Aead(), keys.Key);
        var record = new byte[message.Length + format.Overhead];
        Span<byte> nonce = stackalloc byte[RecordFormat.NonceLength];
        format.WriteNonce(nonce, keys, default);
        format.WriteHeader(record, ContentType.Handshake, record.Length - RecordFormat.HeaderLength);
        var header = record.AsSpan(0, RecordFormat.HeaderLength);
        sealer.Seal(nonce, header, message, [(byte)ContentType.Handshake], record.AsSpan(RecordFormat.HeaderLength));
        return record;
    }
}
