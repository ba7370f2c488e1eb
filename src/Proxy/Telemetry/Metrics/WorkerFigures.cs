using TlsProxy.Ktls;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>What one worker counts, and what it has at the moment.</summary>
/// <param name="Counters">Of its connections and requests.</param>
/// <param name="Loop">Of its loop.</param>
internal sealed record WorkerFigures(WorkerCounters Counters, LoopStatistics Loop)
{
    /// <summary>Connections that are open; read before all else, so that nothing of a connection is seen that isn't counted any
    /// more.</summary>
    public required long Open { get; init; }

    /// <summary>What its handshakes agreed on.</summary>
    public required SessionTallies Sessions { get; init; }

    /// <summary>How its connections are protected.</summary>
    public required KtlsCounters Ktls { get; init; }

    /// <summary>Where bodies of requests lie on their way to the origin.</summary>
    public required SegmentPool Uploads { get; init; }

    /// <summary>Operations that its loop waits for.</summary>
    public int Operations { get; init; }

    /// <summary>Deadlines that are armed.</summary>
    public int Deadlines { get; init; }

    /// <summary>Handshakes that hold memory.</summary>
    public long HandshakesHeld { get; init; }

    /// <summary>Handshakes dropped because too many held memory.</summary>
    public long HandshakesDropped { get; init; }

    /// <summary>Steps of handshakes that had to wait for a later turn.</summary>
    public long HandshakesDelayed { get; init; }
}
