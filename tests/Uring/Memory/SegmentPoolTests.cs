using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Memory;

public sealed class SegmentPoolTests
{
    [Fact]
    public void Every_size_wastes_at_most_an_eighth()
    {
        for (var length = 1025; length <= SegmentPool.LargestSegment; length += 1 + (length / 777))
        {
            var size = SizeClasses.SizeOf(SizeClasses.Of(length));
            Assert.True(size >= length && (size - length) * 8L <= size, $"{length} bytes got {size}.");
        }
    }

    [Fact]
    public void Every_class_size_is_its_own_class()
    {
        for (var i = 0; i < SizeClasses.Count; i++)
            Assert.Equal(i, SizeClasses.Of(SizeClasses.SizeOf(i)));
        Assert.Equal(SegmentPool.LargestSegment, SizeClasses.SizeOf(SizeClasses.Count - 1));
    }

    [Fact]
    public void Segments_in_use_do_not_overlap()
    {
        using var pool = new SegmentPool();
        var segments = Enumerable.Range(0, 200).Select(i => pool.TryRent(1000 + (i * 50))!).ToArray();
        foreach (var (i, segment) in segments.Index())
            segment.Memory.Span.Fill((byte)i);

        foreach (var (i, segment) in segments.Index())
            Assert.Equal(segment.Length, segment.Memory.Span.Count((byte)i));
    }

    [Fact]
    public void Memory_comes_back_when_all_segments_are_released()
    {
        using var pool = new SegmentPool();
        for (var round = 0; round < 3; round++)
        {
            var segments = Enumerable.Range(0, 500).Select(i => pool.TryRent(i * 3000)!).ToArray();
            foreach (var segment in segments)
                segment.Release();
        }

        Assert.Equal(0, pool.AllocatedBytes);
        Assert.Equal(0, pool.RentedSegments);
        Assert.InRange(pool.MappedBytes, 0, SizeClasses.Count * 256 * 1024L);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void As_many_slabs_as_are_to_be_kept_outlive_their_segments(int emptyMaximum)
    {
        const int slab = 256 * 1024;
        var pool = new SegmentPool(emptyMaximum: emptyMaximum);
        for (var round = 0; round < 3; round++)
        {
            var segments = Enumerable.Range(0, 20).Select(_ => pool.TryRent(64 * 1024)!).ToArray();
            Assert.Equal(5 * slab, pool.MappedBytes);
            foreach (var segment in segments)
                segment.Release();

            Assert.Equal(emptyMaximum * slab, pool.MappedBytes);
        }

        var rented = pool.TryRent(64 * 1024)!;
        pool.Trim();
        Assert.Equal(Math.Min(emptyMaximum, 2) * slab, pool.MappedBytes);
        rented.Release();
        pool.Trim();
        Assert.Equal(slab, pool.MappedBytes);
        pool.Dispose();
        Assert.Equal(0, pool.MappedBytes);
    }

    [Fact]
    public void Of_smaller_segments_one_slab_is_kept_whatever_is_kept_of_the_largest()
    {
        const int slab = 256 * 1024;
        using var pool = new SegmentPool(emptyMaximum: 3);
        var segments = Enumerable.Range(0, 3 * 64).Select(_ => pool.TryRent(4 * 1024)!).ToArray();
        Assert.Equal(3 * slab, pool.MappedBytes);

        foreach (var segment in segments)
            segment.Release();

        Assert.Equal(slab, pool.MappedBytes);
    }

    [Fact]
    public void The_limit_refuses_and_gives_room_again()
    {
        using var pool = new SegmentPool(limitBytes: 64 * 1024);
        var first = pool.TryRent(40 * 1024)!;
        Assert.Null(pool.TryRent(40 * 1024));
        first.Release();
        Assert.NotNull(pool.TryRent(40 * 1024));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(100_000)]
    [InlineData(SegmentPool.LargestSegment)]
    public void Memory_that_is_held_outlives_its_pool(int length)
    {
        var pool = new SegmentPool();
        var held = pool.TryRent(length)!;
        pool.TryRent(length)!.Release();

        pool.Dispose();

        // Unmapped memory would end the process here.
        held.Memory.Span.Fill(1);
        Assert.Equal(held.Length, held.Memory.Span.Count((byte)1));
        held.Release();
        Assert.Equal(0, pool.RentedSegments);
        Assert.Equal(0, pool.MappedBytes);
    }

    [Fact]
    public void A_segment_whose_last_reference_has_gone_cannot_be_retained()
    {
        using var pool = new SegmentPool();
        var segment = pool.TryRent(1)!;
        segment.Retain();
        segment.Release();
        Assert.Equal(1, pool.RentedSegments);
        segment.Release();
        Assert.False(segment.TryRetain());
        Assert.Throws<InvalidOperationException>(segment.Retain);
    }

    [Fact]
    public void Threads_that_rent_and_release_at_once_leave_nothing_behind()
    {
        using var pool = new SegmentPool();
        Parallel.For(0, 8, worker =>
        {
            var random = new Random(worker);
            var held = new Queue<Segment>();
            for (var i = 0; i < 5000; i++)
            {
                var segment = pool.TryRent(random.Next(1, 100_000))!;
                segment.Memory.Span[0] = (byte)worker;
                held.Enqueue(segment);
                if (held.Count > 10)
                    held.Dequeue().Release();
            }

            foreach (var segment in held)
                segment.Release();
        });
        Assert.Equal(0, pool.AllocatedBytes);
        Assert.Equal(0, pool.RentedSegments);
    }
}
