namespace TlsProxy.Uring.Memory;

/// <summary>A range of native memory, so that code outside this assembly handles addresses for the kernel without <c>unsafe</c>. It owns
/// nothing: whoever holds the <see cref="Segment"/> behind it answers for its life.</summary>
public readonly struct NativeSlice : IEquatable<NativeSlice>
{
    internal NativeSlice(nint address, int length, int region = 0)
    {
        Address = address;
        Length = length;
        Region = region;
    }

    /// <summary>The address of the first byte.</summary>
    public nint Address { get; }

    /// <summary>Length in bytes.</summary>
    public int Length { get; }

    /// <summary>The number of the <see cref="MemoryRegion"/> the range lies in, or 0.</summary>
    internal int Region { get; }

    public bool IsEmpty => Length == 0;

    /// <summary>The bytes; valid as long as the memory behind the slice is held.</summary>
    public unsafe Span<byte> Span => new((void*)Address, Length);

    public NativeSlice Slice(int start) => Slice(start, Length - start);

    /// <summary>A part of this range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part doesn't lie within the range.</exception>
    public NativeSlice Slice(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Length, nameof(start));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - start), nameof(length));
        return new NativeSlice(Address + start, length, Region);
    }

    public bool Equals(NativeSlice other) => Address == other.Address && Length == other.Length;

    public override bool Equals(object? obj) => obj is NativeSlice other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Address, Length);

    public static bool operator ==(NativeSlice left, NativeSlice right) => left.Equals(right);

    public static bool operator !=(NativeSlice left, NativeSlice right) => !left.Equals(right);
}
