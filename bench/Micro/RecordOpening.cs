using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Bench.Micro;

/// <summary>Opening one record in user space, with the keys set up.</summary>
internal sealed class RecordOpening(CipherSuite suite, int size) : Benchmark($"open {suite} {size:N0} B", size)
{
    private readonly byte[] _record = new byte[size + 64];
    private readonly byte[] _plaintext = new byte[size + 64];
    private readonly TrafficKeys _keys = RecordKeys.Of(suite);
    private RecordOpener? _opener;
    private ulong _sequence;
    private int _length;

    public override void Prepare()
    {
        using var sealer = new RecordSealer(RecordKeys.VersionOf(suite), suite, RecordKeys.Of(suite));
        _length = sealer.Seal(ContentType.ApplicationData, new byte[Bytes], _record);
        _sequence = _keys.Sequence;
        _opener = new RecordOpener(RecordKeys.VersionOf(suite), suite, _keys);
    }

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
        {
            // The same record again: to the opener it is the one that comes next.
            _keys.Sequence = _sequence;
            if (_opener!.Open(_record.AsSpan(0, _length), _plaintext, out _, out _) != ContentType.ApplicationData)
                throw new InvalidOperationException("The record did not open.");
        }
    }
}
