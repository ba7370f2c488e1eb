using System.Buffers.Binary;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>What a server has sent under the keys of its data, as it was on the wire, whoever made the records.</summary>
internal sealed class ServerRecords(CipherSuite suite)
{
    private readonly List<byte[]> _records = [];
    private bool _areKeysInForce;

    /// <summary>Takes what a handshake has to say.</summary>
    public byte[] Take(ServerHandshake server)
    {
        var output = server.Output.ToArray();
        server.ClearOutput();
        // With TLS 1.3 nothing but tickets comes under these keys, and behind the client's Finished.
        _areKeysInForce |= suite.Version() == TlsVersion.Tls13 && server.Status == HandshakeStatus.Done;
        for (var rest = output.AsSpan(); !rest.IsEmpty;)
        {
            var length = RecordFormat.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            if (_areKeysInForce)
                _records.Add(rest[..length].ToArray());
            _areKeysInForce |= suite.Version() == TlsVersion.Tls12 && (ContentType)rest[0] == ContentType.ChangeCipherSpec;
            rest = rest[length..];
        }

        return output;
    }

    /// <summary>Adds a record that was sent behind the handshake.</summary>
    public void Add(byte[] record) => _records.Add(record);

    /// <summary>Each record opens under the number behind that of the one before, from 0 on, and no two have the same nonce.</summary>
    public void CheckNonces(TrafficKeys keys)
    {
        using var opener = new RecordOpener(suite.Version(), suite, keys);
        var nonces = new HashSet<string>();
        foreach (var record in _records)
        {
            Assert.True(nonces.Add(Nonce(keys, record)), $"the nonce of record {keys.Sequence} isn't its first use");
            Assert.NotEqual(ContentType.None, opener.Open(record, new byte[record.Length], out _, out _));
        }

        Assert.Equal((ulong)_records.Count, keys.Sequence);
    }

    /// <summary>Of the record to be opened next: with AES-GCM of TLS 1.2 the record says the greater part (RFC 5288, section 3), else its
    /// number does (RFC 9846, section 5.3; RFC 7905, section 2).</summary>
    private string Nonce(TrafficKeys keys, byte[] record)
    {
        const int salt = 4;
        const int explicitLength = 8;
        if (suite.Version() == TlsVersion.Tls12 && suite.Aead() != Aead.ChaCha20Poly1305)
            return Convert.ToHexString([.. keys.Iv[..salt], .. record.AsSpan(RecordFormat.HeaderLength, explicitLength)]);
        var nonce = keys.Iv.ToArray();
        var number = nonce.AsSpan(salt);
        BinaryPrimitives.WriteUInt64BigEndian(number, BinaryPrimitives.ReadUInt64BigEndian(number) ^ keys.Sequence);
        return Convert.ToHexString(nonce);
    }
}
