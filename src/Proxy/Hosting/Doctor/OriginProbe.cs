using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Takes the status of one response, or why there is none; on the thread of the loop that asks.</summary>
internal sealed class OriginProbe : IOriginSink
{
    /// <summary>The response's status.</summary>
    public int Status { get; private set; }

    /// <summary>The response has ended, or has failed.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Why there is none; null where it has ended.</summary>
    public OriginFailed? Failure { get; private set; }

    public void OnInterim(ResponseHead head)
    {
        // The final head is the answer.
    }

    public void OnHead(ResponseHead head) => Status = head.Status;

    public bool TryReserve(int wanted, out SegmentRoom room)
    {
        // The answer to HEAD has no body.
        room = default;
        return false;
    }

    public OriginFlow Commit(int count) => OriginFlow.Continue;

    public void OnTrailers(FieldTable trailers)
    {
        // The status is all that is told.
    }

    public void OnEnd() => HasEnded = true;

    public void OnFailed(in OriginFailed failure) => (HasEnded, Failure) = (true, failure);

    public void OnFault() => (HasEnded, Failure) = (true, OriginFailed.OfProxy(OriginFailure.Fault));
}
