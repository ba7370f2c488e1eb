using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry.Logging;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>What the access log says of one connection's current request. The times are nanoseconds of the loop's clock.</summary>
/// <param name="segments">Where it borrows memory for a request's values.</param>
internal sealed class RequestTrace(SegmentStock segments)
{
    /// <summary>Bytes that suffice for a line: JSON takes six for a control byte and names the target twice.</summary>
    public const int LineBytes = (6 * (TracedHead.BytesMaximum + TracedHead.TargetMaximum)) + 2048;

    // The status that nginx made up for a request whose client didn't wait for the answer.
    private const int ClientClosedRequest = 499;

    private long _accepted;
    private long _ready;
    private TracedHead _head;
    private ExchangeTimes _times;
    private int _status;
    private CacheNote _note;

    /// <summary>Whether a request has begun whose line isn't written.</summary>
    public bool IsUnderWay => _head.IsThere;

    public void OnAccepted(long now) => _accepted = _ready = _times.Began = now;

    /// <summary>The connection has ended.</summary>
    public void Reset()
    {
        End(0);
        _accepted = _ready = 0;
    }

    /// <summary>The keys are there.</summary>
    public void OnReady(long now) => _ready = _times.Began = now;

    /// <summary>A head is whole.</summary>
    public void OnHead(RequestHead head, long now)
    {
        End(_times.Began);
        _head = TracedHead.Of(head, segments);
        _times.Head = now;
    }

    /// <summary>The request is refused.</summary>
    /// <param name="received">What came in place of a head, if there is no valid one.</param>
    public void OnRefused(ReadOnlySpan<byte> received, long now)
    {
        if (_head.IsThere)
            return;
        _head = TracedHead.OfReceived(received, segments);
        _times.Head = now;
    }

    /// <summary>The request has become one to the origin.</summary>
    public void OnAsked(long now) => _times.Asked = now;

    /// <summary>The head of the origin's answer has come, or none will.</summary>
    public void OnOriginAnswered(long now) => _times.Answered = now;

    /// <summary>It is known how the request is answered.</summary>
    public void OnAnswer(int status, in CacheNote note) => (_status, _note) = (status, note);

    /// <summary>The kernel has taken bytes of the response.</summary>
    public void OnSent(long now)
    {
        if (_times.First == 0)
            _times.First = now;
    }

    /// <summary>Writes the line; the next request begins now.</summary>
    /// <param name="line">Memory for it, of <see cref="LineBytes"/>.</param>
    /// <param name="bytes">Bytes that have left for the response, if one has begun.</param>
    /// <param name="received">Bytes of the client in the tunnel that the response has opened; -1 where none is.</param>
    public void Write(
        AccessLog log, Span<byte> line, in LoggedConnection connection, long bytes, SentBody body, long received, long now)
    {
        var hasBegun = _status != 0;
        bytes = hasBegun ? Math.Max(0, bytes) : 0;
        var originHead = _times.Answered == 0 ? -1 : ExchangeTimes.Micros(_times.Asked, _times.Answered);
        log.Write(line, new LoggedExchange
        {
            Time = DateTime.UtcNow,
            Connection = connection,
            Head = _head,
            Status = hasBegun ? _status : ClientClosedRequest,
            Note = _note,
            SentBytes = bytes,
            BodyBytes = Math.Min(body.Bytes, bytes),
            ReceivedBytes = received,
            Handshake = ExchangeTimes.Micros(_accepted, _ready),
            Reading = ExchangeTimes.Micros(_times.Began, _times.Head),
            First = ExchangeTimes.Micros(_times.Head, _times.First == 0 ? now : _times.First),
            Last = ExchangeTimes.Micros(_times.Head, now),
            OriginHead = originHead,
            OriginLast = originHead < 0 || body.Arrived == 0 ? originHead : ExchangeTimes.Micros(_times.Asked, body.Arrived),
        });
        End(now);
    }

    /// <summary>The one place where what belongs to a request ends.</summary>
    private void End(long now)
    {
        _head.Release(segments);
        _head = default;
        _times = new ExchangeTimes { Began = now };
        (_status, _note) = (0, default);
    }
}
