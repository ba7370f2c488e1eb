using System.Buffers.Binary;

namespace TlsProxy.Handshake.Records;

/// <summary>Counts the records of one direction of a handshake, so that the sequence numbers told with the keys are counted, not
/// assumed.</summary>
internal struct RecordTally
{
    public const byte ChangeCipherSpecType = 20;
    public const byte AlertType = 21;
    public const byte HandshakeType = 22;
    public const byte ApplicationDataType = 23;

    private bool _hasChangedCipher;

    /// <summary>Records behind ChangeCipherSpec. In TLS 1.2 its keys protect them, so this is the sequence number of the next (RFC 5246,
    /// section 6.1); a Finished may be cut over several.</summary>
    public ulong Protected { get; private set; }

    /// <summary>Records of type application data since <see cref="BeginStep"/>. In the step that ends a handshake of TLS 1.3 the
    /// application keys protect them: a server has sent its Finished in an earlier step (RFC 9846, section 2).</summary>
    public ulong ApplicationData { get; private set; }

    /// <summary>All records.</summary>
    public int Count { get; private set; }

    /// <summary>Alerts, ChangeCipherSpecs and records without content.</summary>
    public int Control { get; private set; }

    /// <summary>The first eight bytes of the last protected record: with AES-GCM in TLS 1.2 its explicit nonce (RFC 5288, section
    /// 3).</summary>
    public ulong LastNonce { get; private set; }

    public void BeginStep() => ApplicationData = 0;

    /// <param name="record">A whole record.</param>
    public void Add(ReadOnlySpan<byte> record)
    {
        Count++;
        if (record[0] is ChangeCipherSpecType or AlertType || record.Length == RecordLayout.HeaderLength)
            Control++;
        if (record[0] == ChangeCipherSpecType)
        {
            _hasChangedCipher = true;
            return;
        }

        if (record[0] == ApplicationDataType)
            ApplicationData++;
        if (!_hasChangedCipher)
            return;
        Protected++;
        if (record.Length >= RecordLayout.HeaderLength + sizeof(ulong))
            LastNonce = BinaryPrimitives.ReadUInt64BigEndian(record[RecordLayout.HeaderLength..]);
    }
}
