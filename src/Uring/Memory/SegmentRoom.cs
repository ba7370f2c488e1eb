namespace TlsProxy.Uring.Memory;

/// <summary>Room in a segment that is reserved for bytes to come, with a reference of its own: the memory stays while the kernel may write
/// it, whatever becomes of the segment's other holders. The one that reserved it disposes of it, once.</summary>
public readonly record struct SegmentRoom : IDisposable
{
    private readonly Segment? _segment;

    /// <param name="segment">Held by the caller; the room adds a reference.</param>
    /// <param name="memory">Lies in the segment.</param>
    public SegmentRoom(Segment segment, NativeSlice memory)
    {
        ArgumentNullException.ThrowIfNull(segment);
        segment.Retain();
        _segment = segment;
        Memory = memory;
    }

    /// <summary>Where the bytes go; empty in a room that is none.</summary>
    public NativeSlice Memory { get; }

    /// <summary>Length in bytes.</summary>
    public int Length => Memory.Length;

    /// <summary>Drops the reference. Nothing may write the memory any more.</summary>
    public void Dispose() => _segment?.Release();
}
