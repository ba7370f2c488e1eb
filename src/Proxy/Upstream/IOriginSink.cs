using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream;

/// <summary>Takes an answer, in order: interim heads, one head, data, trailers, end.
/// Exactly one of <see cref="OnEnd"/> and <see cref="OnFailed"/> is called, as the last call; a failure may come in place of any other.
/// Where the exchange or the sink itself has thrown, <see cref="IFaultDomain.OnFault"/> is the last call.</summary>
internal interface IOriginSink : IFaultDomain
{
    /// <summary>Bytes that one call of <see cref="OnData"/> brings at most.</summary>
    const int DataMaximum = 64 * 1024;

    /// <summary>An interim head, of status 1xx.</summary>
    void OnInterim(ResponseHead head);

    /// <summary>The final head; it belongs to the sink.</summary>
    void OnHead(ResponseHead head);

    /// <param name="data">Bytes of the body without transfer coding; valid during the call only.</param>
    OriginFlow OnData(ReadOnlySpan<byte> data);

    /// <summary>Fields after the body, without those that frame, route or concern one connection.</summary>
    void OnTrailers(FieldTable trailers);

    void OnEnd();

    void OnFailed(in OriginFailed failure);
}
