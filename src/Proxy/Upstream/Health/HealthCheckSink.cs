using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Health;

/// <summary>Takes the status of one answer. Its body isn't read.</summary>
/// <param name="end">Called once: with the status, or with why there is none.</param>
internal sealed class HealthCheckSink(OriginRequest request, Action<int, OriginFailure> end) : IOriginSink
{
    // Written by the server's thread alone, one call after the other.
    private int _status;

    // Exchanged by interlocked operations: a fault of the end is no second end.
    private int _hasEnded;

    public void OnInterim(ResponseHead head)
    {
        // The final head is the answer.
    }

    public void OnHead(ResponseHead head) => _status = head.Status;

    public bool TryReserve(int wanted, out SegmentRoom room)
    {
        room = default;
        request.Cancel();
        return false;
    }

    public OriginFlow Commit(int count) => OriginFlow.Continue;

    public void OnTrailers(FieldTable trailers)
    {
        // The status is all that counts.
    }

    public void OnEnd() => End(OriginFailure.NoResponse);

    public void OnFailed(in OriginFailed failure) => End(failure.Reason);

    public void OnFault() => End(OriginFailure.Fault);

    /// <param name="failure">Holds where there was no head.</param>
    private void End(OriginFailure failure)
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0)
            end(_status, _status == 0 ? failure : OriginFailure.None);
    }
}
