using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream;

/// <summary>Takes an answer, in order: interim heads, one head, the body by reserve and commit, trailers, end.
/// Exactly one of <see cref="OnEnd"/>, <see cref="OnSwitched"/> and <see cref="OnFailed"/> is called, as the last call; a failure may
/// come in place of any other.
/// Where the exchange or the sink itself has thrown, <see cref="IFaultDomain.OnFault"/> is the last call.</summary>
internal interface IOriginSink : IFaultDomain
{
    /// <summary>Bytes of room that an origin asks for at once, at most.</summary>
    const int DataMaximum = 64 * 1024;

    /// <summary>An interim head, of status 1xx.</summary>
    void OnInterim(ResponseHead head);

    /// <summary>The final head; it belongs to the sink.</summary>
    void OnHead(ResponseHead head);

    /// <summary>Reserves room for bytes of the body, without transfer coding. An origin asks when more are due or in hand, not to see the
    /// end.</summary>
    /// <param name="wanted">Bytes that are due or in hand, above 0. More than a known length has left make the answer contradict itself:
    /// nothing more of it is wanted.</param>
    /// <param name="room">Room for at least one. The origin disposes of it, at the latest before the sink's last call.</param>
    /// <returns>False when no more is wanted: the sink has cancelled the request.</returns>
    bool TryReserve(int wanted, out SegmentRoom room);

    /// <summary>Ends the reservation. A failure may come in its place.</summary>
    /// <param name="count">Bytes that lie in the room; 0 for none.</param>
    OriginFlow Commit(int count);

    /// <summary>Fields after the body, without those that frame, route or concern one connection. A client gets them only if it has asked
    /// for trailers and reads the body while it arrives.</summary>
    void OnTrailers(FieldTable trailers);

    void OnEnd();

    /// <summary>The origin has switched protocols as <see cref="OriginRequest.WebSocket"/> offers it, and no head comes: the last call, in
    /// place of <see cref="OnEnd"/>.</summary>
    /// <param name="head">That of the 101; it belongs to the sink.</param>
    /// <param name="tunnel">The sink's to end; it isn't begun within the call.</param>
    void OnSwitched(ResponseHead head, IOriginTunnel tunnel) =>
        throw new InvalidOperationException("The origin has switched protocols for a request that doesn't offer it.");

    void OnFailed(in OriginFailed failure);
}
