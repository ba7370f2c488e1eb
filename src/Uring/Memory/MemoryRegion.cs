using System.Collections.Concurrent;

namespace TlsProxy.Uring.Memory;

/// <summary>A mapping under a number that is never given again, so that a back end can tell it from a later one at the same
/// address.</summary>
/// <param name="Id">Above zero.</param>
/// <param name="Address">Of its first byte.</param>
/// <param name="Length">In bytes.</param>
internal sealed record MemoryRegion(int Id, nint Address, nuint Length)
{
    private static readonly ConcurrentDictionary<int, MemoryRegion> s_regions = new();
    private static int s_lastId;

    /// <summary>Names a mapping until <see cref="Forget"/>.</summary>
    public static MemoryRegion Of(nint address, nuint length)
    {
        var region = new MemoryRegion(Interlocked.Increment(ref s_lastId), address, length);
        s_regions[region.Id] = region;
        return region;
    }

    /// <summary>The region of a number, or null when it is gone.</summary>
    public static MemoryRegion? Find(int id) => s_regions.GetValueOrDefault(id);

    /// <summary>To be called before the mapping goes.</summary>
    public void Forget() => s_regions.TryRemove(Id, out _);
}
