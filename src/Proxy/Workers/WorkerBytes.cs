using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Workers;

/// <summary>Bytes that one worker takes at most beside its connections, as allocated.</summary>
internal static class WorkerBytes
{
    /// <summary>Closed connections that are kept for reuse; after a rush the others are garbage.</summary>
    public const int SpareConnections = 1024;

    /// <summary>The loop with its receive buffers and queues, the handshakes kept for reuse, and the larger batches of sealed
    /// records.</summary>
    public const int LoopMaximum = 8 << 20;

    /// <summary>Histograms, and tallies of handshakes.</summary>
    public const int CountsMaximum = WorkerLatencies.Bytes + (SessionTallies.TallyCount * Tally.BytesMaximum);

    /// <summary>Slabs that the pool of requests' bodies keeps while they aren't in use: the segments of a body come and go with each of the
    /// origin's reads.</summary>
    public const int UploadSlabs = 31;

    /// <summary>Their bytes, with one of the segments of small bodies (8 MiB).</summary>
    public const int UploadMaximum = (UploadSlabs + 1) * 256 * 1024;

    /// <summary>All of it.</summary>
    public const int Maximum =
        SegmentStock.KeptBytesMaximum + LoopMaximum + CountsMaximum + UploadMaximum + (SpareConnections * ConnectionBytes.Objects);
}
