using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>100 Continue (RFC 9110, section 15.2.1). All connections of the process share its bytes, so that it can be sent where no memory
/// is left.</summary>
internal sealed class ContinueResponse
{
    private readonly Segment _segment;

    private ContinueResponse()
    {
        // From a pool of its own: the bytes stay as long as the process, and no pool of responses does.
        _segment = new SegmentPool().TryRent(Text.Length) ?? throw new InvalidOperationException("There is no memory for 100 Continue.");
        Text.CopyTo(_segment.Memory.Span);
    }

    public static ContinueResponse Shared { get; } = new();

    public NativeSlice Bytes => _segment.Memory.Slice(0, Text.Length);

    private static ReadOnlySpan<byte> Text => "HTTP/1.1 100 Continue\r\n\r\n"u8;
}
