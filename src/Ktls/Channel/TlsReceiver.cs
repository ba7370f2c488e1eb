using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>Turns received ciphertext into records, in user space.</summary>
/// <param name="scratch">Where a record is opened; shared by all connections of a loop, since its content is used up at once.</param>
internal sealed class TlsReceiver(IRecordSink sink, byte[] scratch)
{
    private readonly RecordAssembler _assembler = new();
    private RecordOpener? _opener;

    public void Start(RecordOpener opener) => _opener = opener;

    /// <summary>Bytes of a cut record that are missing until its end can be told, or 0 when none is cut.</summary>
    public int MissingBytes
    {
        get
        {
            var kept = _assembler.KeptBytes;
            if (kept.IsEmpty)
                return 0;
            return kept.Length < RecordFormat.HeaderLength
                ? RecordFormat.HeaderLength - kept.Length
                : _opener!.LengthOf(kept, out _) - kept.Length;
        }
    }

    /// <summary>Bytes of a cut record that have come.</summary>
    public int KeptBytes => _assembler.KeptBytes.Length;

    /// <summary>Whether the peer's keys have protected so much that it is to change them.</summary>
    public bool IsNearKeyLimit => _opener is { IsNearKeyLimit: true };

    public void UpdateKeys() => _opener!.Update();

    public void Feed(ReadOnlySpan<byte> ciphertext)
    {
        while (_opener is { } opener)
        {
            if (!_assembler.TryTake(opener, ref ciphertext, out var record, out var alert))
            {
                if (alert != TlsAlert.CloseNotify)
                    sink.OnBadRecord(alert);
                return;
            }

            var type = opener.Open(record, scratch, out var length, out alert);
            _assembler.Trim();
            if (type == ContentType.None)
            {
                sink.OnBadRecord(alert);
                return;
            }

            if (!sink.OnRecord(type, scratch.AsSpan(0, length)))
                return;
        }
    }

    public void Release()
    {
        _opener?.Dispose();
        _opener = null;
        _assembler.Clear();
    }
}
