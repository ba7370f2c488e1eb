using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>All that a <see cref="SealedTransmitter"/> knows of one connection; replaced as a whole at its end.</summary>
internal struct SealedLife
{
    public SealedLife()
    {
    }

    public RecordSealer? Sealer;

    /// <summary>Of the sealer's keys.</summary>
    public KeyLimit Limit;

    /// <summary>What of the send under way isn't sealed yet.</summary>
    public SendRanges Ranges;

    /// <summary>The records that are being sent, how long they are and how much of them has left.</summary>
    public Segment? Buffer;
    public int SealedBytes;
    public int SentOfSealed;

    /// <summary>The turn of the loop in which they were sealed.</summary>
    public long SealedIn;

    /// <summary>Records that wait for others to leave with.</summary>
    public Segment? Held;
    public int HeldBytes;

    /// <summary>Where the connection waits for its turn.</summary>
    public int Descriptor;

    public int BatchRecords = SealedTransmitter.BatchOfStart;
    public long SentBytes;
    public bool IsLast;
    public bool HasNotified;
}
