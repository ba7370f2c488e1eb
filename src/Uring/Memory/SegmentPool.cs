namespace TlsProxy.Uring.Memory;

/// <summary>Native memory for bodies and buffers, in segments of fixed sizes that waste at most an eighth. Segments of up to 64 KiB share
/// slabs; slabs without segments in use go back to the kernel, but for one of each size. All members may be called from any
/// thread.</summary>
public sealed class SegmentPool : IDisposable
{
    /// <summary>The largest segment in bytes (4 MiB).</summary>
    public const int LargestSegment = SizeClasses.Largest;

    private static readonly int s_largestShared = SizeClasses.Of(Slab.LargestShared);

    private readonly long _limitBytes;
    private readonly int _emptyMaximum;
    private readonly SizeClassState[] _classes = new SizeClassState[SizeClasses.Count];
    private long _allocatedBytes;
    private long _mappedBytes;

    // Changed by Interlocked on any thread; a reader needs one whole word and no order with the others.
    private int _rented;

    // Written once; seen under the lock of each class, since Dispose takes them all afterwards.
    private bool _isDisposed;

    /// <param name="limitBytes">The most bytes in rented segments.</param>
    /// <param name="emptyMaximum">The most slabs of 64 KiB segments, the largest that share one, that are kept without a segment in use; of
    /// each other size one is. One is enough for bodies that stay. Where segments come and go all the time, a slab that goes costs the
    /// kernel the clearing of its pages when it comes back.</param>
    public SegmentPool(long limitBytes = long.MaxValue, int emptyMaximum = 1)
    {
        _limitBytes = limitBytes;
        _emptyMaximum = emptyMaximum;
        for (var i = 0; i < _classes.Length; i++)
            _classes[i] = new SizeClassState();
    }

    /// <summary>Bytes of the segments in use, by the sizes of their classes.</summary>
    public long AllocatedBytes => Interlocked.Read(ref _allocatedBytes);

    /// <summary>Bytes mapped from the kernel.</summary>
    public long MappedBytes => Interlocked.Read(ref _mappedBytes);

    /// <summary>Segments in use.</summary>
    public int RentedSegments => Volatile.Read(ref _rented);

    /// <summary>A segment of at least <paramref name="minimumLength"/> bytes with one reference; its bytes are whatever was
    /// there.</summary>
    /// <returns>Null when the limit is reached or the kernel has no memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="LargestSegment"/>.</exception>
    public Segment? TryRent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumLength);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minimumLength, LargestSegment);
        var sizeClass = SizeClasses.Of(minimumLength);
        var size = SizeClasses.SizeOf(sizeClass);
        if (Interlocked.Add(ref _allocatedBytes, size) > _limitBytes || TryTake(sizeClass) is not { } segment)
        {
            Interlocked.Add(ref _allocatedBytes, -size);
            return null;
        }

        Interlocked.Increment(ref _rented);
        return segment;
    }

    internal void Return(Segment segment, Slab slab)
    {
        Interlocked.Add(ref _allocatedBytes, -segment.Length);
        Interlocked.Decrement(ref _rented);
        var state = _classes[slab.SizeClass];
        // The slab is changed and tested for emptiness in one step: no other thread can rent from it between. It is unmapped after the
        // lock, when no list names it any more.
        lock (state)
        {
            slab.Put(segment);
            if (slab.Position < 0)
                state.Add(slab);
            if (!slab.IsEmpty)
                return;
            if (slab.IsShared && state.EmptyCount < EmptyMaximumOf(slab) && !_isDisposed)
            {
                state.EmptyCount++;
                return;
            }

            state.Remove(slab);
        }

        Interlocked.Add(ref _mappedBytes, -slab.MappedBytes);
        slab.Dispose();
    }

    /// <summary>Gives back what isn't in use. Memory that is rented stays until its last release: whoever holds it may still read and write
    /// it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        Keep(0);
    }

    /// <summary>Gives back the slabs without segments in use, but for one of each size.</summary>
    public void Trim() => Keep(1);

    private int EmptyMaximumOf(Slab slab) => slab.SizeClass == s_largestShared ? _emptyMaximum : 1;

    private void Keep(int emptyMaximum)
    {
        foreach (var state in _classes)
        {
            while (TakeEmpty(state, emptyMaximum) is { } empty)
            {
                Interlocked.Add(ref _mappedBytes, -empty.MappedBytes);
                empty.Dispose();
            }
        }
    }

    /// <summary>Takes a slab without segments in use out of its class, where there are more than so many.</summary>
    private static Slab? TakeEmpty(SizeClassState state, int emptyMaximum)
    {
        // A thread that returns a segment holds the same lock: it either leaves its slab here, or sees that the pool is disposed.
        lock (state)
        {
            if (state.EmptyCount <= emptyMaximum)
                return null;
            var empty = state.WithRoom.Find(static slab => slab.IsEmpty)!;
            state.EmptyCount--;
            state.Remove(empty);
            return empty;
        }
    }

    private Segment? TryTake(int sizeClass)
    {
        var state = _classes[sizeClass];
        // One lock a size, so that threads which rent different sizes don't wait for each other. Mapping a slab inside it keeps a second
        // thread from mapping another one.
        lock (state)
        {
            if (state.WithRoom.Count == 0)
            {
                if (Slab.TryCreate(this, sizeClass) is not { } created)
                    return null;
                Interlocked.Add(ref _mappedBytes, created.MappedBytes);
                state.Add(created);
            }

            var slab = state.WithRoom[^1];
            if (slab.IsEmpty && state.EmptyCount > 0)
                state.EmptyCount--;
            var segment = slab.Take();
            if (slab.IsFull)
                state.Remove(slab);
            return segment;
        }
    }

    /// <summary>The slabs of one size that have room. The lock of its state guards a slab.</summary>
    private sealed class SizeClassState
    {
        public List<Slab> WithRoom { get; } = [];

        /// <summary>Slabs among them without segments in use, which are kept.</summary>
        public int EmptyCount { get; set; }

        public void Add(Slab slab)
        {
            slab.Position = WithRoom.Count;
            WithRoom.Add(slab);
        }

        public void Remove(Slab slab)
        {
            var last = WithRoom[^1];
            WithRoom[slab.Position] = last;
            last.Position = slab.Position;
            WithRoom.RemoveAt(WithRoom.Count - 1);
            slab.Position = -1;
        }
    }
}
