using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Bytes that one request to the origin takes at most beside the response's body, as allocated.</summary>
internal static class FetchBytes
{
    /// <summary>The request's head: as received, as forwarded, and as the exchange with the origin writes it.</summary>
    public const int RequestHeadMaximum = 384 * 1024;

    /// <summary>The response's head: as it is received, and as it is kept and forwarded. Many short fields cost most.</summary>
    public const int ResponseHeadMaximum = 1280 * 1024;

    /// <summary>The request's body on its way, which may begin in the middle of a segment and end in that of another, and its
    /// trailers.</summary>
    public const int RequestBodyMaximum =
        RequestBody.DefaultCapacity + RequestBodySegments.SegmentBytes + TrailerReader.AllocatedMaximum;

    /// <summary>What the response's body is read into before it counts as arriving: room of the body, or a buffer where its length is
    /// unknown.</summary>
    public const int ReservedMaximum = IOriginSink.DataMaximum;

    /// <summary>Beside an https origin: records of the request, those of the response that nobody has asked for yet, and what the handshake
    /// has left for tickets.</summary>
    public const int TlsMaximum = RecordChannel.SealedBytesMaximum + (64 * 1024);

    /// <summary>All of it.</summary>
    public const int Maximum = RequestHeadMaximum + ResponseHeadMaximum + RequestBodyMaximum + ReservedMaximum + TlsMaximum;
}
