using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Drops the early data of a client that has offered some and was refused (RFC 9846, section 4.3.10). Its records are told from
/// those of the handshake by whether the handshake's key opens them; behind a HelloRetryRequest by their type, until the second
/// hello.</summary>
/// <param name="isRetry">Whether the client has been sent a HelloRetryRequest.</param>
internal sealed class EarlyDataFilter(bool isRetry)
{
    // One record of the greatest length, with room for the rest of what a client may have under way.
    private const int BytesMaximum = 18 * 1024;

    private int _dropped;
    private bool _isOver;

    /// <summary>Whether a record is early data, to be dropped.</summary>
    /// <param name="keys">Of the client's handshake records; null before they are known, behind a HelloRetryRequest.</param>
    public bool Drops(ReadOnlySpan<byte> record, TrafficKeys? keys, Aead aead)
    {
        _isOver |= isRetry && keys is not null;
        if (_isOver || record[0] != RecordTally.ApplicationDataType || _dropped > BytesMaximum)
            return false;
        if (keys is not null && Opens(record, keys, aead))
        {
            _isOver = true;
            return false;
        }

        _dropped += record.Length;
        return _dropped <= BytesMaximum;
    }

    private static bool Opens(ReadOnlySpan<byte> record, TrafficKeys keys, Aead aead)
    {
        var body = record[RecordLayout.HeaderLength..];
        if (body.Length < RecordLayout.TagLength)
            return false;
        using var opener = RecordCipher.CreateOpener(aead, keys.Key);
        // At sequence number 0 the IV is the nonce.
        return opener.Open(keys.Iv, record[..RecordLayout.HeaderLength], body, new byte[body.Length - RecordLayout.TagLength]);
    }
}
