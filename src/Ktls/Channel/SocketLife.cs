using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>All that a <see cref="SocketTransmitter"/> knows of one connection; replaced as a whole at its end.</summary>
internal struct SocketLife
{
    /// <summary>What of the send under way hasn't left.</summary>
    public SendRanges Ranges;

    /// <summary>Of the send under way; none is application data.</summary>
    public ContentType RecordType;

    /// <summary>Where control records lie while they leave.</summary>
    public Segment? Control;

    public long SentBytes;

    /// <summary>The kernel makes the records.</summary>
    public bool IsKernel;

    /// <summary>Of the kernel's keys, and the records they have protected; without keys there is no limit.</summary>
    public KeyLimit Limit;
    public KernelRecords Records;
}
