using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Telemetry.Metrics;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>Counters of one worker, written by its thread alone and read by any.</summary>
internal sealed class WorkerCounters
{
    // The worker's thread is the only writer, so that an increment needs no Interlocked. Volatile keeps each word whole and fresh for
    // readers on other threads; no order between two counters is promised.
    private long _accepted;
    private long _sentBytes;
    private long _handshakes;
    private long _resumed;
    private long _handshakeFailures;
    private long _open;
    private long _requests;
    private long _refused;
    private long _deadlines;
    private long _laggards;
    private long _failed;
    private long _acceptPauses;
    private long _endedForRoom;
    private long _proxyHeadersRefused;
    private readonly long[] _outcomes = new long[Enum.GetValues<CacheOutcome>().Length];

    /// <summary>How long things took.</summary>
    public WorkerLatencies Latencies { get; } = new();

    public long Accepted => Volatile.Read(ref _accepted);

    public long Open => Volatile.Read(ref _open);

    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests answered with a refusal.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Connections cut by a deadline.</summary>
    public long Deadlines => Volatile.Read(ref _deadlines);

    /// <summary>Clients cut because others that shared their response waited for them.</summary>
    public long Laggards => Volatile.Read(ref _laggards);

    public void CountLaggard() => Volatile.Write(ref _laggards, _laggards + 1);

    /// <summary>Connections whose stream was lost.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Times accepting paused for want of descriptors or memory.</summary>
    public long AcceptPauses => Volatile.Read(ref _acceptPauses);

    /// <summary>Idle connections that were ended to make room for others.</summary>
    public long EndedForRoom => Volatile.Read(ref _endedForRoom);

    public void CountEndedForRoom(int count) => Volatile.Write(ref _endedForRoom, _endedForRoom + count);

    public void CountAccepted()
    {
        Volatile.Write(ref _accepted, _accepted + 1);
        Volatile.Write(ref _open, _open + 1);
    }

    public void CountClosed() => Volatile.Write(ref _open, _open - 1);

    public void CountRequest() => Volatile.Write(ref _requests, _requests + 1);

    /// <summary>Requests by how they were answered.</summary>
    public long Answered(CacheOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    public void CountOutcome(CacheOutcome outcome) => Volatile.Write(ref _outcomes[(int)outcome], _outcomes[(int)outcome] + 1);

    public long Handshakes => Volatile.Read(ref _handshakes);

    /// <summary>Handshakes that resumed a session.</summary>
    public long Resumed => Volatile.Read(ref _resumed);

    public long HandshakeFailures => Volatile.Read(ref _handshakeFailures);

    public void CountHandshake(bool resumed)
    {
        Volatile.Write(ref _handshakes, _handshakes + 1);
        if (resumed)
            Volatile.Write(ref _resumed, _resumed + 1);
    }

    public void CountHandshakeFailure() => Volatile.Write(ref _handshakeFailures, _handshakeFailures + 1);

    /// <summary>Bytes of finished responses, as the kernel took them.</summary>
    public long SentBytes => Volatile.Read(ref _sentBytes);

    public void CountSent(long bytes) => Volatile.Write(ref _sentBytes, _sentBytes + bytes);

    public void CountRefused() => Volatile.Write(ref _refused, _refused + 1);

    public void CountDeadline() => Volatile.Write(ref _deadlines, _deadlines + 1);

    public void CountFailed() => Volatile.Write(ref _failed, _failed + 1);

    /// <summary>Connections that began with something else than a header of the PROXY protocol.</summary>
    public long ProxyHeadersRefused => Volatile.Read(ref _proxyHeadersRefused);

    public void CountProxyHeaderRefused() => Volatile.Write(ref _proxyHeadersRefused, _proxyHeadersRefused + 1);

    public void CountAcceptPause() => Volatile.Write(ref _acceptPauses, _acceptPauses + 1);
}
