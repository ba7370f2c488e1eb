using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Memory;

/// <summary>Every structure that grows by what strangers send, beyond the cache, with its bound as allocated. Each class names its own
/// bound; variants, parts, keys and 304s of stored responses are part of the cache's.</summary>
internal static class MemoryBounds
{
    private const int LargestHandshake = (HandshakeLimits.LargestBytes + HandshakeLimits.HeldBytes - 1) / HandshakeLimits.HeldBytes;

    /// <summary>What the options allow, the largest first.</summary>
    public static IReadOnlyList<MemoryBound> Of(MemoryShape shape)
    {
        MemoryBound[] bounds =
        [
            new("connections of clients", shape.Connections, ConnectionBytes.Maximum),
            new("windows of bodies not stored", shape.Connections, BodyWindow.ScarceBytesHeld),
            // A request that somebody waits for has a client's connection of its own.
            new("requests to the origin", shape.Connections + shape.UnwatchedRequests, FetchBytes.Maximum),
            new("bodies arriving or evicted in use", 1, BodyWindow.BytesBeside(shape.CacheBytes)),
            // One with long messages may be alone beyond its worker's share.
            new("unfinished handshakes", Math.Max(shape.Handshakes, (long)shape.Workers * LargestHandshake), HandshakeLimits.HeldBytes),
            new("buffers of workers", shape.Workers, WorkerBytes.Maximum),
            new("keys of hit-for-miss", HitForMissKeys.CountMaximum, HitForMissKeys.MarkBytes),
            new("Vary values that entries share", CommonValues<VaryKey>.KnownMaximum, VaryKey.CommonBytesMaximum),
            new("access log", 1, AccessLog.BytesMaximum),
        ];
        Array.Sort(bounds, static (left, right) => right.Bytes.CompareTo(left.Bytes));
        return bounds;
    }

    /// <summary>Connections of clients with which the cache and all that may come beside it take no more than so many bytes; 0 or less
    /// where none do.</summary>
    public static long ConnectionsWithin(MemoryShape shape, long bytes)
    {
        const long Each = ConnectionBytes.Maximum + BodyWindow.ScarceBytesHeld + FetchBytes.Maximum;
        return (bytes - shape.CacheBytes - Of(shape with { Connections = 0 }).Sum(bound => bound.Bytes)) / Each;
    }
}
