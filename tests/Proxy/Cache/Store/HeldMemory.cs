using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>A pool that holds up whoever gives it memory back.</summary>
internal static class HeldMemory
{
    /// <summary>Has work give memory of the smallest segments back, and looks at what it holds meanwhile.</summary>
    /// <param name="work">On a thread of its own.</param>
    /// <param name="look">While the memory is being given back.</param>
    public static void Look(SegmentPool pool, Action work, Action look)
    {
        var memory = Peek.Elements(pool, "_classes")[0];
        var rented = pool.RentedSegments;
        var working = new Thread(() => work()) { IsBackground = true };
        lock (memory)
        {
            working.Start();
            // Counted out before the memory is given back.
            SpinWait.SpinUntil(() => pool.RentedSegments < rented);
            look();
        }

        working.Join();
    }
}
