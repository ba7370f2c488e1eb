using TlsProxy.Proxy.Telemetry.Metrics;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>The times of one request, for the histograms of its worker: nanoseconds of the loop's clock at the beginning of a turn, so
/// that a cache hit reads no clock. An unreadable request isn't recorded.</summary>
internal struct RequestTimes
{
    private long _head;
    private long _asked;
    private bool _isRequest;
    private bool _hasSent;

    /// <summary>A valid head is whole.</summary>
    public void OnHead(long now) => (_head, _isRequest) = (now, true);

    /// <summary>The request turns to the origin.</summary>
    public void OnAsked(long now) => _asked = now;

    /// <summary>The head of the origin's answer has come, or none will.</summary>
    public readonly void OnOriginAnswered(WorkerLatencies latencies, long now) => latencies.Upstream.Record(now - _asked);

    /// <summary>The kernel has taken bytes of the response.</summary>
    public void OnSent(WorkerLatencies latencies, long now)
    {
        if (!_isRequest || _hasSent)
            return;
        _hasSent = true;
        latencies.FirstByte.Record(now - _head);
    }

    /// <summary>The kernel has taken all of it.</summary>
    public readonly void OnComplete(WorkerLatencies latencies, long now)
    {
        if (_isRequest)
            latencies.Response.Record(now - _head);
    }
}
