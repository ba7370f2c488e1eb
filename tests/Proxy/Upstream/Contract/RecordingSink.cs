using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>Keeps an answer, and sees that it is told in order and ends once.</summary>
/// <param name="waitAfter">Bytes of the body after which the origin is to wait.</param>
/// <param name="refuseAfter">Bytes of the body after which no more is wanted.</param>
/// <param name="roomMaximum">Bytes of room that the origin gets at once.</param>
internal sealed class RecordingSink(int waitAfter = int.MaxValue, int refuseAfter = int.MaxValue, int roomMaximum = int.MaxValue)
    : IOriginSink
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource<OriginFailure> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _headed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _body = new();
    private readonly SegmentPool _pool = new();
    private Segment? _reserved;

    /// <summary>Called before room is given.</summary>
    public Action OnReserve { get; init; } = () => { };

    /// <summary>How often room was asked for.</summary>
    public int Reservations { get; private set; }

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

    /// <summary>Completes with the head.</summary>
    public Task Headed => _headed.Task.WaitAsync(Limit);

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
        _headed.SetResult();
    }

    public bool TryReserve(int wanted, out SegmentRoom room)
    {
        Assert.InRange(wanted, 1, IOriginSink.DataMaximum);
        Assert.NotNull(Head);
        Assert.Null(Trailers);
        Assert.Null(_reserved);
        Assert.False(_end.Task.IsCompleted);
        room = default;
        Reservations++;
        OnReserve();
        if (Body.Length >= refuseAfter)
            return false;
        _reserved = _pool.TryRent(wanted)!;
        room = new SegmentRoom(_reserved, _reserved.Memory.Slice(0, Math.Min(wanted, roomMaximum)));
        return true;
    }

    public OriginFlow Commit(int count)
    {
        var text = Encoding.Latin1.GetString(_reserved!.Memory.Slice(0, count).Span);
        EndReserving();
        lock (_body)
            _body.Append(text);
        _begun.TrySetResult();
        return Body.Length >= waitAfter ? OriginFlow.Wait : OriginFlow.Continue;
    }

    public void OnTrailers(FieldTable trailers)
    {
        Assert.Null(Trailers);
        Trailers = trailers;
    }

    public void OnEnd()
    {
        Assert.Null(_reserved);
        Assert.Equal(0, _pool.RentedSegments);
        _end.SetResult(OriginFailure.None);
    }

    public void OnFailed(in OriginFailed failure)
    {
        Assert.NotEqual(OriginFailure.None, failure.Reason);
        Failed = failure;
        EndReserving();
        Assert.Equal(0, _pool.RentedSegments);
        _end.SetResult(failure.Reason);
    }

    public void OnFault() => _end.TrySetException(new InvalidOperationException("The exchange has failed by a fault."));

    /// <summary>Gives the sink's own reference back.</summary>
    private void EndReserving()
    {
        _reserved?.Release();
        _reserved = null;
    }
}
