using System.Security.Cryptography;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Responses;

/// <summary>Bodies that are filled by reserve and commit.</summary>
public sealed class BodyRoomTests : IDisposable
{
    private readonly SegmentPool _pool = new();

    public void Dispose()
    {
        Assert.Equal(0, _pool.RentedSegments);
        _pool.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Bytes_that_come_into_the_room_are_read_in_order(bool lengthKnown)
    {
        var bytes = RandomNumberGenerator.GetBytes(700_000);
        var body = new Body(_pool, lengthKnown ? bytes.Length : null);
        for (var sent = 0; sent < bytes.Length;)
            sent += Fill(body, bytes.AsSpan(sent), 65_536);
        body.Complete();
        Assert.Equal(bytes, Read(body));
        body.Release();
    }

    [Fact]
    public void A_reservation_into_which_nothing_came_changes_nothing_and_tells_nobody()
    {
        var body = new Body(_pool, null);
        var mailbox = new ManualMailbox(0);
        body.Subscribe(mailbox, new PlacedReader());
        Assert.True(body.TryReserve(100, out var first));
        first.Dispose();
        body.Commit(0);
        Assert.Equal((0, 0), (body.Available, mailbox.Posts));
        Assert.True(body.TryReserve(100, out var second));
        Assert.Equal(first.Memory, second.Memory);
        second.Dispose();
        body.Release();
    }

    [Fact]
    public void The_room_ends_with_the_known_length_and_its_last_byte_completes_the_body()
    {
        var body = new Body(_pool, 5);
        Assert.Equal(3, Fill(body, [1, 2, 3], 3));
        Assert.True(body.TryReserve(65_536, out var room));
        Assert.Equal(2, room.Length);
        new byte[] { 4, 5 }.CopyTo(room.Memory.Span);
        room.Dispose();
        body.Commit(2);
        Assert.True(body.IsComplete);
        Assert.Equal([1, 2, 3, 4, 5], Read(body));

        Assert.False(body.TryReserve(1, out _));
        Assert.True(body.IsComplete);
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Commit(1));
        body.Release();
    }

    [Fact]
    public void A_body_announced_as_empty_has_no_room()
    {
        var body = new Body(_pool, 0);
        Assert.False(body.TryReserve(1, out _));
        Assert.True(body.HasFailed);
        Assert.Throws<InvalidOperationException>(() => body.TryReserve(1, out _));
        body.Release();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_body_that_ends_with_its_room_open_gives_back_the_piece_in_which_nothing_came(bool whole)
    {
        var body = new Body(_pool, null);
        var first = Fill(body, new byte[4096], 4096);
        Assert.True(body.TryReserve(65_536, out var room));
        Assert.Equal(first + 65_536, body.AllocatedBytes);
        if (whole)
            body.Complete();
        else
            body.Fail();

        Assert.Equal(first, body.AllocatedBytes);
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Commit(1));
        body.Commit(0);
        // What was to be received may still be.
        room.Memory.Span.Fill(1);
        Assert.Equal(2, _pool.RentedSegments);
        room.Dispose();
        Assert.Equal(1, _pool.RentedSegments);
        Assert.Equal(new byte[first], ReadArrived(body));
        body.Release();
    }

    [Fact]
    public void A_window_that_drops_what_was_read_leaves_the_room_beside_it()
    {
        var body = new Body(_pool, 1 << 20);
        var reader = new PlacedReader();
        body.AddReader(reader);
        body.LimitToWindow(new BodyWindow(64 * 1024));
        var sent = Fill(body, Filled(16 * 1024, 1), 16 * 1024);
        Assert.True(body.TryReserve(16 * 1024, out var room));
        room.Memory.Span.Fill(2);
        reader.BodyOffset = sent;
        body.ReportProgress();
        Assert.Equal(1, _pool.RentedSegments);
        room.Dispose();
        body.Commit(room.Length);
        Assert.Equal(BodyRead.Available, body.Read(sent, 65_536, out var slice));
        Assert.Equal(Filled(room.Length, 2), slice.Span.ToArray());
        body.RemoveReader(reader);
        body.Release();
    }

    [Fact]
    public void Room_outlives_its_body()
    {
        var body = new Body(_pool, 1000);
        Assert.True(body.TryReserve(1000, out var room));
        body.Fail();
        body.Release();
        Assert.Equal(1, _pool.RentedSegments);
        room.Memory.Span.Fill(1);
        room.Dispose();
    }

    [Fact]
    public void One_room_is_out_at_a_time_and_no_more_is_committed_than_it_has()
    {
        var body = new Body(_pool, null);
        Assert.True(body.TryReserve(100, out var room));
        Assert.Throws<InvalidOperationException>(() => body.TryReserve(1, out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Commit(101));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Commit(-1));
        body.Commit(100);
        room.Dispose();
        Assert.Equal(100, body.Available);
        body.Release();
    }

    [Fact]
    public void A_body_fails_when_there_is_no_memory_for_its_room()
    {
        using var small = new SegmentPool(limitBytes: 4096);
        var body = new Body(small, null);
        Assert.Equal(4096, Fill(body, new byte[4096], 4096));
        Assert.False(body.TryReserve(1, out _));
        Assert.True(body.HasFailed);
        body.Release();
    }

    [Fact]
    public void A_rest_too_small_for_what_comes_is_left_and_one_that_holds_it_is_used()
    {
        var body = new Body(_pool, null);
        Assert.Equal(3800, Fill(body, Filled(3800, 1), 3800));
        Assert.Equal(100, Fill(body, Filled(100, 2), 100));
        Assert.Equal(1, _pool.RentedSegments);
        // 196 bytes are left of 4096.
        Assert.Equal(300, Fill(body, Filled(300, 3), 300));
        Assert.Equal(2, _pool.RentedSegments);
        body.Complete();
        Assert.Equal([.. Filled(3800, 1), .. Filled(100, 2), .. Filled(300, 3)], Read(body));
        body.Release();
    }

    [Fact]
    public void Bytes_that_are_appended_and_committed_in_every_size_are_all_there()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var body = new Body(_pool, random.Next(2) == 0 ? bytes.Length : null);
            var reader = new PlacedReader();
            body.AddReader(reader);
            if (random.Next(3) == 0)
                body.LimitToWindow(new BodyWindow(1 << random.Next(13, 18)));
            for (var sent = 0; sent < bytes.Length;)
            {
                var part = bytes.AsSpan(sent, random.Next(1, Math.Min(bytes.Length - sent, 1 << random.Next(1, 17)) + 1));
                if (random.Next(4) == 0)
                    Assert.True(body.Append(part));
                else
                    part = part[..Fill(body, part, random.Next(1, part.Length + 1))];
                sent += part.Length;
                ReadOn(body, reader, bytes, random.Next(2) * sent);
            }

            body.Complete();
            ReadOn(body, reader, bytes, bytes.Length);
            Assert.Equal(bytes.Length, body.TotalLength);
            body.RemoveReader(reader);
            body.Release();
            Assert.Equal(0, _pool.RentedSegments);
        }
    }

    private static byte[] Filled(int length, byte value) => [.. Enumerable.Repeat(value, length)];

    /// <summary>Lets bytes come into room for so many, as far as it reaches.</summary>
    private static int Fill(Body body, ReadOnlySpan<byte> bytes, int wanted)
    {
        Assert.True(body.TryReserve(wanted, out var room));
        var count = Math.Min(bytes.Length, room.Length);
        bytes[..count].CopyTo(room.Memory.Span);
        room.Dispose();
        body.Commit(count);
        return count;
    }

    /// <summary>Compares what is there up to a place with what was sent.</summary>
    private static void ReadOn(Body body, PlacedReader reader, byte[] sent, long end)
    {
        while (reader.BodyOffset < end)
        {
            Assert.Equal(BodyRead.Available, body.Read(reader.BodyOffset, 65_536, out var slice));
            Assert.True(sent.AsSpan((int)reader.BodyOffset, slice.Length).SequenceEqual(slice.Span), "other bytes came than were sent");
            reader.BodyOffset += slice.Length;
            body.ReportProgress();
        }
    }

    private static byte[] ReadArrived(Body body)
    {
        var read = new MemoryStream();
        while (body.Read(read.Length, 65_536, out var slice) == BodyRead.Available)
            read.Write(slice.Span);
        return read.ToArray();
    }

    private static byte[] Read(Body body)
    {
        Assert.True(body.IsComplete);
        return ReadArrived(body);
    }

    private sealed class PlacedReader : IBodySubscriber
    {
        public long BodyOffset { get; set; }

        public void OnBodyProgress() => Assert.Fail("Nothing is told.");

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
