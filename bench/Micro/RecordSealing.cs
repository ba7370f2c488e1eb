using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Bench.Micro;

/// <summary>Sealing one record in user space, with the keys set up.</summary>
internal sealed class RecordSealing(CipherSuite suite, int size) : Benchmark($"seal {suite} {size:N0} B", size)
{
    private readonly byte[] _plaintext = new byte[size];
    private readonly byte[] _record = new byte[size + 64];
    private RecordSealer? _sealer;

    public override void Prepare() => _sealer = new RecordSealer(RecordKeys.VersionOf(suite), suite, RecordKeys.Of(suite));

    public override void Run(int operations)
    {
        for (var i = 0; i < operations; i++)
            _sealer!.Seal(ContentType.ApplicationData, _plaintext, _record);
    }
}
