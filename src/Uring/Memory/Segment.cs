namespace TlsProxy.Uring.Memory;

/// <summary>A block of native memory from a <see cref="SegmentPool"/>, counted by its references. At the last release it goes back to the
/// pool.</summary>
public sealed class Segment
{
    private readonly Slab _slab;

    // 0 while the segment is in the pool, where only Reuse, under the lock of its slab, raises it again.
    private ReferenceCount _references;

    internal Segment(Slab slab, NativeSlice memory)
    {
        _slab = slab;
        Memory = memory;
    }

    public NativeSlice Memory { get; }

    /// <summary>Length in bytes: the size of its class.</summary>
    public int Length => Memory.Length;

    /// <summary>Adds a reference to a segment that is known to be held.</summary>
    public void Retain() => _references.Add();

    /// <summary>Adds a reference, unless the last one has gone.</summary>
    public bool TryRetain() => _references.TryAdd();

    /// <summary>Drops a reference.</summary>
    public void Release()
    {
        if (_references.Drop())
            _slab.Pool.Return(this, _slab);
    }

    internal void Reuse() => _references.Restart();
}
