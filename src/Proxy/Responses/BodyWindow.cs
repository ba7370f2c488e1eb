using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>How much is held of a body that isn't stored. Each such body has readers of its own, so that slow ones could fill any memory:
/// where much is given out already, windows are small.</summary>
/// <param name="Bytes">Bytes between the slowest reader and the producer.</param>
/// <param name="PoolBytes">Once the pool has given out more than this, <see cref="ScarceBytes"/> hold instead.</param>
internal sealed record BodyWindow(int Bytes, long PoolBytes = long.MaxValue)
{
    /// <summary>The window where memory is scarce.</summary>
    public const int ScarceBytes = 64 * 1024;

    /// <summary>Bytes that the producer of a body adds at once, at most.</summary>
    public const int AddedBytes = 64 * 1024;

    /// <summary>Bytes that such a window holds: what is added when it is nearly full, and the last piece, reach beyond it.</summary>
    public const int ScarceBytesHeld = ScarceBytes + AddedBytes + (ScarceBytes / 4);

    // What a reader may stay behind those who share a body with it, before it holds them up.
    private const int SharedTimes = 8;

    /// <summary>The smallest it becomes. A reader that stays within half of it behind the bytes it waits for doesn't keep them from coming.
    /// </summary>
    public int Least => Math.Min(ScarceBytes, Bytes);

    /// <param name="readers">How many share the body: where memory allows, they may lie further apart than one and the producer.</param>
    public int Of(SegmentPool pool, int readers) => IsScarce(pool) ? Least : readers > 1 ? Bytes * SharedTimes : Bytes;

    /// <summary>Whether much is given out: to stored bodies, to those on their way,
    /// and to readers of those that have left the cache.</summary>
    public bool IsScarce(SegmentPool pool) => pool.AllocatedBytes > PoolBytes;

    /// <summary>The window of a proxy whose cache holds so many bytes.</summary>
    public static BodyWindow Beside(long cacheBytes) => new(4 << 20, cacheBytes + BytesBeside(cacheBytes));

    /// <summary>Bytes beside the cache's for bodies on their way: half as many, and no less than 64 MiB.</summary>
    public static long BytesBeside(long cacheBytes) => Math.Max(cacheBytes / 2, 64 << 20);
}
