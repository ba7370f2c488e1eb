using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Takes the status of one response, and why there is none.</summary>
internal sealed class OriginProbe : IOriginSink
{
    private readonly TaskCompletionSource<OriginFailure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The response's status; written before the end.</summary>
    public int Status { get; private set; }

    /// <summary>Completes with the end, or with why it failed.</summary>
    public Task<OriginFailure> Ended => _ended.Task;

    public void OnInterim(ResponseHead head)
    {
        // The final head is the answer.
    }

    public void OnHead(ResponseHead head) => Status = head.Status;

    public OriginFlow OnData(ReadOnlySpan<byte> data) => OriginFlow.Continue;

    public void OnTrailers(FieldTable trailers)
    {
        // The status is all that is told.
    }

    public void OnEnd() => _ended.SetResult(OriginFailure.None);

    public void OnFailed(OriginFailure failure) => _ended.SetResult(failure);

    public void OnFault() => _ended.SetResult(OriginFailure.Fault);
}
