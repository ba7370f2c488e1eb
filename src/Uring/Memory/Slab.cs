using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Memory;

/// <summary>One mapping cut into segments of one size class.</summary>
internal sealed class Slab : IDisposable
{
    /// <summary>Bytes of a mapping that segments share.</summary>
    public const int SharedBytes = 256 * 1024;

    /// <summary>Segments up to this size share a mapping; larger ones have one each.</summary>
    public const int LargestShared = SharedBytes / 4;

    private readonly Mapping _mapping;
    private readonly MemoryRegion _region;
    private readonly Segment[] _free;
    private int _freeCount;

    private Slab(SegmentPool pool, int sizeClass, Mapping mapping, int segments)
    {
        Pool = pool;
        SizeClass = sizeClass;
        _mapping = mapping;
        _region = MemoryRegion.Of(mapping.Address, mapping.Length);
        _free = new Segment[segments];
        var size = SizeClasses.SizeOf(sizeClass);
        for (var i = segments - 1; i >= 0; i--)
            _free[_freeCount++] = new Segment(this, new NativeSlice(mapping.Address + ((nint)i * size), size, _region.Id));
    }

    public SegmentPool Pool { get; }

    public int SizeClass { get; }

    public long MappedBytes => (long)_mapping.Length;

    public bool IsShared => _free.Length > 1;

    public bool IsFull => _freeCount == 0;

    public bool IsEmpty => _freeCount == _free.Length;

    /// <summary>Where the slab stands in its class's list of slabs with room, or -1.</summary>
    public int Position { get; set; } = -1;

    public static Slab? TryCreate(SegmentPool pool, int sizeClass)
    {
        var size = SizeClasses.SizeOf(sizeClass);
        var segments = size <= LargestShared ? SharedBytes / size : 1;
        var mapping = Mapping.TryAnonymous((nuint)size * (nuint)segments);
        return mapping is null ? null : new Slab(pool, sizeClass, mapping, segments);
    }

    public Segment Take()
    {
        var segment = _free[--_freeCount];
        segment.Reuse();
        return segment;
    }

    public void Put(Segment segment) => _free[_freeCount++] = segment;

    public void Dispose()
    {
        _region.Forget();
        _mapping.Dispose();
    }
}
