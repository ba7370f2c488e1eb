using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

public sealed class RequestBodySegmentsTests : IDisposable
{
    private readonly SegmentPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(RequestBody.DefaultCapacity)]
    [InlineData(RequestBody.DefaultCapacity + 1)]
    public void Bytes_come_out_as_they_went_in_and_never_more_are_held_than_there_is_room_for(int capacity)
    {
        var held = new RequestBodySegments(_pool, capacity);
        var random = new Random(capacity);
        var (put, dropped) = (0, 0);
        for (var step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0)
            {
                var bytes = new byte[random.Next(1, (capacity / 2) + 3)];
                for (var i = 0; i < bytes.Length; i++)
                    bytes[i] = Byte(put + i);
                var room = capacity - held.Count;
                var taken = held.Put(bytes);
                Assert.Equal(Math.Min(room, bytes.Length), taken);
                put += taken;
            }
            else if (held.Count > 0)
            {
                var front = held.Front.Span[..random.Next(1, held.Front.Length + 1)];
                for (var i = 0; i < front.Length; i++)
                    Assert.Equal(Byte(dropped + i), front[i]);
                dropped += front.Length;
                held.Drop(front.Length);
            }

            Assert.Equal(put - dropped, held.Count);
            Assert.InRange(_pool.AllocatedBytes, held.Count, capacity + (2 * RequestBodySegments.SegmentBytes) - 2);
        }

        held.Clear(keepsFront: false);
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void Without_bytes_no_memory_is_held()
    {
        var held = new RequestBodySegments(_pool, RequestBody.DefaultCapacity);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(0, _pool.RentedSegments);
            held.Put(new byte[100]);
            Assert.Equal(1, _pool.RentedSegments);
            held.Drop(100);
        }

        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void A_full_body_holds_a_segment_beyond_its_capacity_at_most()
    {
        var held = new RequestBodySegments(_pool, RequestBody.DefaultCapacity);
        held.Put(new byte[RequestBody.DefaultCapacity]);
        held.Drop(1);

        Assert.Equal(1, held.Put(new byte[2]));

        Assert.Equal(RequestBody.DefaultCapacity + RequestBodySegments.SegmentBytes, _pool.AllocatedBytes);
    }

    [Theory]
    [InlineData(100, RequestBodySegments.SmallSegmentBytes)]
    [InlineData(RequestBodySegments.SmallSegmentBytes, RequestBodySegments.SmallSegmentBytes)]
    [InlineData(RequestBodySegments.SmallSegmentBytes + 1, RequestBodySegments.SegmentBytes)]
    public void A_short_body_takes_a_small_segment(int capacity, int allocated)
    {
        new RequestBodySegments(_pool, capacity).Put(new byte[1]);

        Assert.Equal(allocated, _pool.AllocatedBytes);
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Clearing_gives_all_back_but_the_front_that_is_looked_at(bool keepsFront, int rented)
    {
        var held = new RequestBodySegments(_pool, RequestBody.DefaultCapacity);
        held.Put(new byte[RequestBody.DefaultCapacity]);

        held.Clear(keepsFront);
        Assert.Equal(rented, _pool.RentedSegments);
        Assert.Equal(0, held.Count);
        held.Clear(keepsFront: false);

        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void Without_memory_as_much_is_taken_as_there_is()
    {
        using var pool = new SegmentPool(limitBytes: RequestBodySegments.SegmentBytes);
        var held = new RequestBodySegments(pool, RequestBody.DefaultCapacity);

        Assert.Equal(RequestBodySegments.SegmentBytes, held.Put(new byte[RequestBodySegments.SegmentBytes + 1]));
        Assert.Equal(0, held.Put(new byte[1]));
        held.Drop(RequestBodySegments.SegmentBytes);

        Assert.Equal(1, held.Put(new byte[1]));
        held.Clear(keepsFront: false);
    }

    [Fact]
    public void No_more_is_dropped_than_the_front_has()
    {
        var held = new RequestBodySegments(_pool, 100);
        held.Put(new byte[10]);

        Assert.Throws<ArgumentOutOfRangeException>(() => held.Drop(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => held.Drop(-1));
        held.Clear(keepsFront: false);
    }

    /// <summary>A byte that tells its place; 251 is prime, so that segments don't all begin alike.</summary>
    private static byte Byte(int place) => (byte)(place % 251);
}
