using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Records;

/// <summary>Counts the records that the kernel makes of what it is sent, never fewer than it makes: it holds none to a limit.</summary>
internal struct KernelRecords
{
    private ulong _inFlight;

    /// <param name="before">Records that the key had protected before the kernel took it.</param>
    public KernelRecords(ulong before) => Count = before;

    /// <summary>Records made, those of the send under way among them as if it took all its bytes.</summary>
    public ulong Count { get; private set; }

    /// <summary>A send begins; it ends its last record.</summary>
    public void Begin(int bytes)
    {
        _inFlight = RecordsOf(bytes);
        Count += _inFlight;
    }

    /// <summary>The send has taken so many bytes of it. Where those are fewer, it may have broken off within one record more.</summary>
    public void End(int bytes)
    {
        Count -= _inFlight - Math.Min(_inFlight, RecordsOf(bytes) + 1);
        _inFlight = 0;
    }

    private static ulong RecordsOf(int bytes) => (ulong)(bytes + RecordFormat.PlaintextMaximum - 1) / RecordFormat.PlaintextMaximum;
}
