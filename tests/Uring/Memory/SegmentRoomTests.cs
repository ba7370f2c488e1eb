using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Memory;

public sealed class SegmentRoomTests
{
    [Fact]
    public void Room_holds_its_segment_when_nothing_else_does()
    {
        using var pool = new SegmentPool();
        var segment = pool.TryRent(1024)!;
        var room = new SegmentRoom(segment, segment.Memory.Slice(10, 20));
        segment.Release();
        Assert.Equal(1, pool.RentedSegments);
        room.Memory.Span.Fill(1);
        Assert.Equal(20, room.Length);
        room.Dispose();
        Assert.Equal(0, pool.RentedSegments);
        Assert.Throws<InvalidOperationException>(() => new SegmentRoom(segment, segment.Memory));
    }

    [Fact]
    public void Room_that_is_none_has_no_bytes_and_nothing_to_give_back()
    {
        var none = default(SegmentRoom);
        Assert.True(none.Memory.IsEmpty);
        none.Dispose();
    }
}
