using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Origin;

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
            // A request that waits has a connection of its own; those that nobody waits for are as many as the origin's connections.
            new("requests to the origin", shape.Connections + shape.OriginConnections, FetchBytes.Maximum),
            new("bodies arriving or evicted in use", 1, BodyWindow.BytesBeside(shape.CacheBytes)),
            // One with long messages may be alone beyond its worker's share.
            new("unfinished handshakes", Math.Max(shape.Handshakes, (long)shape.Workers * LargestHandshake), HandshakeLimits.HeldBytes),
            new("buffers of workers", shape.Workers, WorkerBytes.Maximum),
            new("keys of hit-for-miss", UnshareableKeys.CountMaximum, UnshareableKeys.MarkBytes),
            new("access log", 1, AccessLog.BytesMaximum),
            new("tallies of handshakes", SessionTallies.TallyCount, Tally.BytesMaximum),
        ];
        Array.Sort(bounds, static (left, right) => right.Bytes.CompareTo(left.Bytes));
        return bounds;
    }
}
