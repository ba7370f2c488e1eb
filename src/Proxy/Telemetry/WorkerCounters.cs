using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Telemetry;

/// <summary>Counters of one worker, written by its thread alone and read by any.</summary>
internal sealed class WorkerCounters
{
    private readonly CounterCells _cells = new((int)s_tunnelRefusals + Enum.GetValues<TunnelRefusal>().Length);

    /// <summary>Where each count stands.</summary>
    private enum Cell
    {
        Accepted,
        SentBytes,
        Handshakes,
        Resumed,
        HandshakeFailures,
        Open,
        Requests,
        Refused,
        Deadlines,
        Laggards,
        Failed,
        AcceptPauses,
        EndedForRoom,
        ProxyHeadersRefused,
        Interims,
        TunnelsOpen,
        TunnelsOpened,
        TunnelBytesReceived,
        TunnelBytesSent,

        /// <summary>The first of one for each <see cref="CacheOutcome"/>.</summary>
        Outcomes,
    }

    // Behind the outcomes: one for each TunnelRefusal.
    private static readonly Cell s_tunnelRefusals = Cell.Outcomes + Enum.GetValues<CacheOutcome>().Length;

    /// <summary>How long things took.</summary>
    public WorkerLatencies Latencies { get; } = new();

    public long Accepted => Read(Cell.Accepted);

    public long Open => Read(Cell.Open);

    public long Requests => Read(Cell.Requests);

    /// <summary>Requests answered with a refusal.</summary>
    public long Refused => Read(Cell.Refused);

    /// <summary>Connections cut by a deadline.</summary>
    public long Deadlines => Read(Cell.Deadlines);

    /// <summary>Clients cut because others that shared their response waited for them.</summary>
    public long Laggards => Read(Cell.Laggards);

    public void CountLaggard() => Add(Cell.Laggards);

    /// <summary>Connections whose stream was lost.</summary>
    public long Failed => Read(Cell.Failed);

    /// <summary>Times accepting paused for want of descriptors or memory.</summary>
    public long AcceptPauses => Read(Cell.AcceptPauses);

    /// <summary>Idle connections that were ended to make room for others.</summary>
    public long EndedForRoom => Read(Cell.EndedForRoom);

    public void CountEndedForRoom(int count) => Add(Cell.EndedForRoom, count);

    public void CountAccepted()
    {
        Add(Cell.Accepted);
        Add(Cell.Open);
    }

    public void CountClosed() => Add(Cell.Open, -1);

    public void CountRequest() => Add(Cell.Requests);

    /// <summary>Requests by how they were answered.</summary>
    public long Answered(CacheOutcome outcome) => Read(Cell.Outcomes + (int)outcome);

    public void CountOutcome(CacheOutcome outcome) => Add(Cell.Outcomes + (int)outcome);

    public long Handshakes => Read(Cell.Handshakes);

    /// <summary>Handshakes that resumed a session.</summary>
    public long Resumed => Read(Cell.Resumed);

    public long HandshakeFailures => Read(Cell.HandshakeFailures);

    public void CountHandshake(bool resumed)
    {
        Add(Cell.Handshakes);
        if (resumed)
            Add(Cell.Resumed);
    }

    public void CountHandshakeFailure() => Add(Cell.HandshakeFailures);

    /// <summary>Bytes of finished responses, as the kernel took them.</summary>
    public long SentBytes => Read(Cell.SentBytes);

    public void CountSent(long bytes) => Add(Cell.SentBytes, bytes);

    public void CountRefused() => Add(Cell.Refused);

    public void CountDeadline() => Add(Cell.Deadlines);

    public void CountFailed() => Add(Cell.Failed);

    /// <summary>Connections that began with something else than a header of the PROXY protocol.</summary>
    public long ProxyHeadersRefused => Read(Cell.ProxyHeadersRefused);

    public void CountProxyHeaderRefused() => Add(Cell.ProxyHeadersRefused);

    /// <summary>Interim responses of the origin that clients were sent.</summary>
    public long Interims => Read(Cell.Interims);

    public void CountInterims(int count) => Add(Cell.Interims, count);

    /// <summary>Tunnels that are open.</summary>
    public long TunnelsOpen => Read(Cell.TunnelsOpen);

    /// <summary>Tunnels opened so far.</summary>
    public long TunnelsOpened => Read(Cell.TunnelsOpened);

    public void CountTunnelOpened()
    {
        Add(Cell.TunnelsOpen);
        Add(Cell.TunnelsOpened);
    }

    public void CountTunnelClosed() => Add(Cell.TunnelsOpen, -1);

    /// <summary>Offers to switch protocols that opened no tunnel.</summary>
    public long TunnelsRefused(TunnelRefusal refusal) => Read(s_tunnelRefusals + (int)refusal);

    public void CountTunnelRefused(TunnelRefusal refusal) => Add(s_tunnelRefusals + (int)refusal);

    /// <summary>Bytes that clients have sent into tunnels.</summary>
    public long TunnelBytesReceived => Read(Cell.TunnelBytesReceived);

    public void CountTunnelReceived(int bytes) => Add(Cell.TunnelBytesReceived, bytes);

    /// <summary>Bytes that clients have taken out of tunnels.</summary>
    public long TunnelBytesSent => Read(Cell.TunnelBytesSent);

    public void CountTunnelSent(int bytes) => Add(Cell.TunnelBytesSent, bytes);

    public void CountAcceptPause() => Add(Cell.AcceptPauses);

    private long Read(Cell cell) => _cells[(int)cell];

    private void Add(Cell cell, long count = 1) => _cells.Add((int)cell, count);
}
