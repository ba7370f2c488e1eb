namespace TlsProxy.Uring.Memory;

/// <summary>One thread's stock of a pool's segments. What is wanted again soon is taken and given back without a lock or a mapping, the
/// last returned first, while the processor still has it in its cache. All members belong to the thread.</summary>
public sealed class SegmentStock
{
    /// <summary>The most bytes kept; beyond them segments go back to the pool.</summary>
    public const int KeptBytesMaximum = 16 << 20;

    private const int KeptOfClassMaximum = 64;

    private readonly Segment[]?[] _kept = new Segment[SizeClasses.Count][];
    private readonly int[] _counts = new int[SizeClasses.Count];
    private int _keptBytes;

    public SegmentStock(SegmentPool pool) => Pool = pool;

    public SegmentPool Pool { get; }

    /// <summary>Bytes of the segments kept; to the pool they are rented.</summary>
    public int KeptBytes => _keptBytes;

    /// <summary>Bytes of the segments taken from here and not yet given back.</summary>
    public long LentBytes { get; private set; }

    /// <summary>A segment of at least <paramref name="minimumLength"/> bytes with one reference; its bytes are whatever was
    /// there.</summary>
    /// <returns>Null when the pool has none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="SegmentPool.LargestSegment"/>.</exception>
    public Segment? TryRent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)minimumLength, (uint)SegmentPool.LargestSegment, nameof(minimumLength));
        var segment = TakeKept(SizeClasses.Of(minimumLength)) ?? TakeFromPool(minimumLength);
        LentBytes += segment?.Length ?? 0;
        return segment;
    }

    /// <summary>Gives a segment back that nobody else holds.</summary>
    public void Return(Segment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        LentBytes -= segment.Length;
        var sizeClass = SizeClasses.Of(segment.Length);
        var kept = _kept[sizeClass] ??= new Segment[KeptOfClassMaximum];
        if (_counts[sizeClass] == kept.Length || segment.Length > KeptBytesMaximum - _keptBytes)
        {
            segment.Release();
            return;
        }

        kept[_counts[sizeClass]++] = segment;
        _keptBytes += segment.Length;
    }

    /// <summary>Gives the pool back all that is kept.</summary>
    public void Clear()
    {
        for (var sizeClass = 0; _keptBytes > 0; sizeClass++)
        {
            while (_counts[sizeClass] > 0)
            {
                var segment = _kept[sizeClass]![--_counts[sizeClass]];
                _keptBytes -= segment.Length;
                segment.Release();
            }
        }
    }

    private Segment? TakeKept(int sizeClass)
    {
        if (_counts[sizeClass] == 0)
            return null;
        var segment = _kept[sizeClass]![--_counts[sizeClass]];
        _keptBytes -= segment.Length;
        return segment;
    }

    private Segment? TakeFromPool(int minimumLength)
    {
        if (Pool.TryRent(minimumLength) is { } segment)
            return segment;
        if (_keptBytes == 0)
            return null;
        // What lies here unused may be what the pool's limit lacks.
        Clear();
        return Pool.TryRent(minimumLength);
    }
}
