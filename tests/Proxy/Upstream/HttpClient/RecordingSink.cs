using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

/// <summary>Keeps an answer, and sees that it is told in order and ends once.</summary>
/// <param name="waitAfter">Bytes of the body after which the origin is to wait.</param>
internal sealed class RecordingSink(int waitAfter = int.MaxValue) : IOriginSink
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource<OriginFailure> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _body = new();

    public ResponseHead? Head { get; private set; }

    public string Body
    {
        get
        {
            lock (_body)
                return _body.ToString();
        }
    }

    public FieldTable? Trailers { get; private set; }

    /// <summary>The failure; written before <see cref="End"/> completes, null where there was none.</summary>
    public OriginFailed? Failed { get; private set; }

    /// <summary>Completes with the first bytes of the body.</summary>
    public Task Begun => _begun.Task.WaitAsync(Limit);

    /// <summary>Completes with the end, or with why it failed.</summary>
    public Task<OriginFailure> End => _end.Task.WaitAsync(Limit);

    public void OnInterim(ResponseHead head) => Assert.Null(Head);

    public void OnHead(ResponseHead head)
    {
        Assert.Null(Head);
        Assert.False(_end.Task.IsCompleted);
        Head = head;
    }

    public OriginFlow OnData(ReadOnlySpan<byte> data)
    {
        Assert.NotNull(Head);
        Assert.Null(Trailers);
        Assert.False(_end.Task.IsCompleted);
        lock (_body)
            _body.Append(Encoding.Latin1.GetString(data));
        _begun.TrySetResult();
        return Body.Length >= waitAfter ? OriginFlow.Wait : OriginFlow.Continue;
    }

    public void OnTrailers(FieldTable trailers)
    {
        Assert.Null(Trailers);
        Trailers = trailers;
    }

    public void OnEnd() => _end.SetResult(OriginFailure.None);

    public void OnFailed(in OriginFailed failure)
    {
        Assert.NotEqual(OriginFailure.None, failure.Reason);
        Failed = failure;
        _end.SetResult(failure.Reason);
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
