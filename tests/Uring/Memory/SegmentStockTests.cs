using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Memory;

public sealed class SegmentStockTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly SegmentStock _stock;

    public SegmentStockTests() => _stock = new SegmentStock(_pool);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void The_last_segment_returned_is_the_first_taken_again()
    {
        var first = _stock.TryRent(70_000)!;
        var second = _stock.TryRent(70_000)!;
        _stock.Return(first);
        _stock.Return(second);

        Assert.Same(second, _stock.TryRent(70_000));
        Assert.Same(first, _stock.TryRent(69_000));
    }

    [Fact]
    public void What_is_lent_is_counted_until_it_is_given_back()
    {
        var first = _stock.TryRent(1000)!;
        var second = _stock.TryRent(SegmentPool.LargestSegment)!;
        Assert.Equal(first.Length + (long)second.Length, _stock.LentBytes);
        _stock.Return(second);
        Assert.Equal(first.Length, _stock.LentBytes);
        _stock.Return(first);
        Assert.Equal(0, _stock.LentBytes);
    }

    [Fact]
    public void A_segment_of_another_size_is_not_taken()
    {
        _stock.Return(_stock.TryRent(1000)!);

        var larger = _stock.TryRent(2000)!;

        Assert.InRange(larger.Length, 2000, int.MaxValue);
        Assert.Equal(2, _pool.RentedSegments);
    }

    [Fact]
    public void Large_segments_that_come_and_go_cost_one_mapping()
    {
        for (var i = 0; i < 100; i++)
        {
            _stock.Return(_stock.TryRent(300_000)!);
            Assert.Equal(_pool.AllocatedBytes, _pool.MappedBytes);
            Assert.Equal(1, _pool.RentedSegments);
        }
    }

    [Fact]
    public void More_than_is_kept_goes_back_to_the_pool()
    {
        var segments = Enumerable.Range(0, 100).Select(_ => _stock.TryRent(1 << 20)!).ToArray();

        foreach (var segment in segments)
            _stock.Return(segment);

        Assert.Equal(SegmentStock.KeptBytesMaximum, _stock.KeptBytes);
        Assert.Equal(_stock.KeptBytes, _pool.AllocatedBytes);
    }

    [Fact]
    public void Clearing_gives_everything_back()
    {
        foreach (var segment in Enumerable.Range(1, 20).Select(i => _stock.TryRent(i * 7000)!).ToArray())
            _stock.Return(segment);

        _stock.Clear();

        Assert.Equal(0, _stock.KeptBytes);
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void What_is_kept_is_given_up_when_the_pool_has_nothing_left()
    {
        using var pool = new SegmentPool(limitBytes: 64 * 1024);
        var stock = new SegmentStock(pool);
        stock.Return(stock.TryRent(40 * 1024)!);

        Assert.NotNull(stock.TryRent(60 * 1024));
        Assert.Null(stock.TryRent(60 * 1024));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(SegmentPool.LargestSegment + 1)]
    public void A_length_outside_of_what_segments_have_is_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _stock.TryRent(length));
}
