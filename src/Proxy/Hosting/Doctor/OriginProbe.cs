using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Takes the status of one response, and why there is none.</summary>
internal sealed class OriginProbe : IOriginSink
{
    private readonly TaskCompletionSource<OriginFailed?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The response's status; written before the end.</summary>
    public int Status { get; private set; }

    /// <summary>Completes with null at the end, or with the failure.</summary>
    public Task<OriginFailed?> Ended => _ended.Task;

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

    public void OnEnd() => _ended.SetResult(null);

    public void OnFailed(in OriginFailed failure) => _ended.SetResult(failure);

    public void OnFault() => _ended.SetResult(OriginFailed.OfProxy(OriginFailure.Fault));
}
