using System.Buffers;

namespace TlsProxy.Uring.Memory;

/// <summary>Native memory as the streams of .NET take it, which so read and write it in place. One object serves one range after the other;
/// whoever holds the memory answers for its life.</summary>
public sealed class SliceMemory : MemoryManager<byte>
{
    // Changed between two calls of a stream, by the caller who awaits each.
    private NativeSlice _range;

    /// <summary>Points at another range, whose segment is held until the stream has done with it.</summary>
    /// <returns>The whole range. Memory of an earlier call is invalid from then on.</returns>
    public Memory<byte> Aim(NativeSlice range)
    {
        _range = range;
        return Memory;
    }

    public override Span<byte> GetSpan() => _range.Span;

    /// <summary>Native memory doesn't move.</summary>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_range.Length, nameof(elementIndex));
        return new MemoryHandle((byte*)_range.Address + elementIndex);
    }

    public override void Unpin()
    {
    }

    /// <summary>The segment has another owner.</summary>
    protected override void Dispose(bool disposing)
    {
    }
}
