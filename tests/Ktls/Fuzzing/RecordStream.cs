using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Fuzzing;

/// <summary>What a client might send after its handshake: data, empty and padded records, warnings, key updates, wishes to renegotiate, and
/// an end.</summary>
internal sealed class RecordStream(Random random, SessionKeys keys)
{
    private readonly List<byte> _stream = [];
    private readonly RecordSealer _sealer = new(keys.Version, keys.Suite, keys.Receive);
    private bool _hasData;

    /// <summary>The application data within.</summary>
    public List<byte> Data { get; } = [];

    /// <summary>The last record is close_notify.</summary>
    public bool EndsOrderly { get; private set; }

    public byte[] Make()
    {
        for (var records = random.Next(1, 15); records > 0; records--)
            Add();
        if (random.Next(2) == 0)
        {
            Seal(ContentType.Alert, [1, 0]);
            EndsOrderly = true;
        }

        _sealer.Dispose();
        return [.. _stream];
    }

    private void Add()
    {
        var isTls13 = keys.Version == TlsVersion.Tls13;
        switch (random.Next(8))
        {
            // Only some records without data may stand in a row, so every other one has some.
            case 0 when _hasData:
                Seal(ContentType.ApplicationData, []);
                _hasData = false;
                break;
            case 1 when _hasData:
                Seal(ContentType.Alert, [1, 90]);
                _hasData = false;
                break;
            case 2 when _hasData && isTls13:
                Cut([24, 0, 0, 1, (byte)random.Next(2)]);
                _sealer.Update();
                _hasData = false;
                break;
            case 2 when _hasData:
                Cut([1, 0, 0, 4, 3, 3, 0, 0]);
                _hasData = false;
                break;
            case 3 when isTls13:
                AddData(random.Next(1, 100), random.Next(1, 1000));
                break;
            default:
                AddData(random.Next(10) == 0 ? random.Next(1, 16385) : random.Next(1, 200), padding: 0);
                break;
        }
    }

    private void AddData(int length, int padding)
    {
        var content = new byte[length];
        random.NextBytes(content);
        Data.AddRange(content);
        _hasData = true;
        if (padding == 0)
            Seal(ContentType.ApplicationData, content);
        else
            Seal(ContentType.None, [.. content, (byte)ContentType.ApplicationData, .. new byte[padding - 1]]);
    }

    /// <summary>A message in one record or over several.</summary>
    private void Cut(byte[] message)
    {
        foreach (var part in message.Chunk(random.Next(1, message.Length + 1)))
            Seal(ContentType.Handshake, part);
    }

    private void Seal(ContentType type, byte[] content)
    {
        var record = new byte[content.Length + _sealer.Format.Overhead];
        _stream.AddRange(record.AsSpan(0, _sealer.Seal(type, content, record)));
    }
}
