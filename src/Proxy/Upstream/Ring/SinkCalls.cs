using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>The calls of one exchange to its sink; around each stands a point for faults.</summary>
internal sealed class SinkCalls(IOriginSink sink, FaultLedger faults)
{
    public void OnInterim(ResponseHead head)
    {
        Point(nameof(sink.OnInterim));
        sink.OnInterim(head);
        Point(nameof(sink.OnInterim));
    }

    public void OnHead(ResponseHead head)
    {
        Point(nameof(sink.OnHead));
        sink.OnHead(head);
        Point(nameof(sink.OnHead));
    }

    public void OnTrailers(FieldTable trailers)
    {
        Point(nameof(sink.OnTrailers));
        sink.OnTrailers(trailers);
        Point(nameof(sink.OnTrailers));
    }

    /// <param name="wanted">Bytes that are due or in hand.</param>
    /// <returns>False where no more is wanted.</returns>
    public bool TryReserve(long wanted, out SegmentRoom room)
    {
        Point(nameof(sink.TryReserve));
        return sink.TryReserve((int)Math.Min(wanted, IOriginSink.DataMaximum), out room);
    }

    public AnswerStep Commit(int count)
    {
        Point(nameof(sink.Commit));
        var flow = sink.Commit(count);
        Point(nameof(sink.Commit));
        return flow == OriginFlow.Wait ? AnswerStep.Wait : AnswerStep.More;
    }

    /// <summary>Copies bytes into one room of the sink's.</summary>
    /// <param name="written">Bytes copied; less than all where the room is smaller.</param>
    public AnswerStep Write(ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        if (!TryReserve(bytes.Length, out var room))
            return AnswerStep.Unwanted;
        using (room)
        {
            written = Math.Min(room.Length, bytes.Length);
            bytes[..written].CopyTo(room.Memory.Span);
        }

        return Commit(written);
    }

    /// <summary>Copies bytes until all are with the sink, or it wants no more for now.</summary>
    public AnswerStep WriteAll(ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        while (written < bytes.Length)
        {
            var step = Write(bytes[written..], out var part);
            written += part;
            if (step != AnswerStep.More)
                return step;
        }

        return AnswerStep.More;
    }

    public void OnEnd()
    {
        Point(nameof(sink.OnEnd));
        sink.OnEnd();
        Point(nameof(sink.OnEnd));
    }

    public void OnSwitched(ResponseHead head, IOriginTunnel tunnel)
    {
        Point(nameof(sink.OnSwitched));
        sink.OnSwitched(head, tunnel);
        Point(nameof(sink.OnSwitched));
    }

    public void OnFailed(in OriginFailed failure)
    {
        Point(nameof(sink.OnEnd));
        sink.OnFailed(failure);
        Point(nameof(sink.OnEnd));
    }

    private void Point(string name) => faults.Point?.Invoke(name, sink);
}
