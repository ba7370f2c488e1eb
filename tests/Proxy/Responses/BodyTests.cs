using System.Security.Cryptography;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Responses;

public sealed class BodyTests
{
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(5_000_000, true)]
    [InlineData(5_000_000, false)]
    public void What_was_appended_is_read_in_order_and_the_memory_comes_back(int length, bool lengthKnown)
    {
        using var pool = new SegmentPool();
        var bytes = RandomNumberGenerator.GetBytes(length);
        var body = new Body(pool, lengthKnown ? length : null);
        for (var offset = 0; offset < length; offset += 77_777)
            Assert.True(body.Append(bytes.AsSpan(offset, Math.Min(77_777, length - offset))));
        body.Complete();

        Assert.Equal(bytes, ReadAll(body));
        Assert.Equal(length, body.TotalLength);
        body.Release();
        Assert.Equal(0, pool.AllocatedBytes);
        Assert.False(body.TryAcquire());
    }

    [Fact]
    public void A_body_shorter_than_announced_has_failed()
    {
        using var pool = new SegmentPool();
        var body = new Body(pool, 10);
        body.Append(new byte[9]);
        body.Complete();
        Assert.True(body.HasFailed);
        Assert.Equal(BodyRead.Failed, body.Read(9, 1, out _));
    }

    [Fact]
    public void A_body_longer_than_announced_has_failed()
    {
        using var pool = new SegmentPool();
        var body = new Body(pool, 10);
        Assert.False(body.Append(new byte[11]));
        Assert.True(body.HasFailed);
    }

    [Fact]
    public void A_body_fails_when_the_pool_has_no_memory()
    {
        using var pool = new SegmentPool(limitBytes: 8192);
        var body = new Body(pool, null);
        Assert.False(body.Append(new byte[100_000]));
        Assert.True(body.HasFailed);
    }

    [Fact]
    public void A_chunk_posts_once_to_each_worker_however_many_read_there()
    {
        using var pool = new SegmentPool();
        var body = new Body(pool, null);
        var mailboxes = new[] { new ManualMailbox(0), new ManualMailbox(1) };
        var readers = Enumerable.Range(0, 100).Select(_ => new CountingSubscriber()).ToArray();
        foreach (var (i, reader) in readers.Index())
            body.Subscribe(mailboxes[i % 2], reader);

        body.Append([1]);
        body.Append([2]);

        Assert.All(mailboxes, mailbox => Assert.Equal(1, mailbox.Posts));
        foreach (var mailbox in mailboxes)
            mailbox.Run();
        Assert.All(readers, reader => Assert.Equal(1, reader.Told));
        body.Append([3]);
        Assert.All(mailboxes, mailbox => Assert.Equal(2, mailbox.Posts));
    }

    [Fact]
    public async Task Readers_on_other_threads_see_every_byte_while_it_arrives()
    {
        using var pool = new SegmentPool();
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        var body = new Body(pool, null);
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAll(body))).ToArray();
        var random = new Random(1);
        for (var offset = 0; offset < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 50_000), bytes.Length - offset);
            body.Append(bytes.AsSpan(offset, count));
            offset += count;
        }

        body.Complete();
        foreach (var read in await Task.WhenAll(reading))
            Assert.True(bytes.AsSpan().SequenceEqual(read));
    }

    [Fact]
    public void A_windowed_body_drops_what_all_have_read_and_makes_its_producer_wait_for_the_slowest()
    {
        using var pool = new SegmentPool();
        var producer = new CountingProducer();
        var body = new Body(pool, null, producer);
        var fast = new CountingSubscriber();
        var slow = new CountingSubscriber();
        body.AddReader(fast);
        body.AddReader(slow);
        body.LimitToWindow(new BodyWindow(1 << 20));
        var bytes = new byte[64 * 1024];
        // Where several read, they may lie eight windows apart.
        for (var i = 0; i < 8 * 16; i++)
        {
            Assert.False(body.MustWait());
            body.Append(bytes);
        }

        fast.BodyOffset = body.Available;
        body.ReportProgress();
        Assert.Equal(-1, body.FindStandstill());
        Assert.True(body.MustWait());
        Assert.Equal(0, producer.Rooms);
        Assert.Equal(0, body.FindStandstill());
        slow.BodyOffset = body.Available - 1000;
        body.ReportProgress();
        Assert.Equal(1, producer.Rooms);
        Assert.Equal(-1, body.FindStandstill());
        Assert.True(pool.AllocatedBytes < 512 * 1024, $"{pool.AllocatedBytes} bytes are held");
        body.RemoveReader(fast);
        Assert.Equal(0, producer.Gone);
        body.RemoveReader(slow);
        Assert.Equal(1, producer.Gone);
        body.Release();
        Assert.Equal(0, pool.RentedSegments);
    }

    [Fact]
    public void Slow_readers_hold_small_windows_once_all_bodies_together_hold_much()
    {
        using var pool = new SegmentPool();
        var window = new BodyWindow(1 << 20, PoolBytes: 4 << 20);
        var bodies = new List<(Body Body, CountingSubscriber Reader, CountingProducer Producer)>();
        var bytes = new byte[16 * 1024];
        for (var i = 0; i < 64; i++)
        {
            var producer = new CountingProducer();
            var body = new Body(pool, 8 << 20, producer);
            var reader = new CountingSubscriber();
            body.AddReader(reader);
            body.LimitToWindow(window);
            bodies.Add((body, reader, producer));
            while (!body.MustWait())
                Assert.True(body.Append(bytes));
        }

        Assert.Equal(1 << 20, bodies[0].Body.Available);
        Assert.Equal(BodyWindow.ScarceBytes, bodies[^1].Body.Available);
        Assert.InRange(pool.AllocatedBytes, 4 << 20, (5 << 20) + (64 * 2 * BodyWindow.ScarceBytes));

        // Whoever reads on goes on, also with the smaller window.
        var (last, slow, waiting) = bodies[^1];
        slow.BodyOffset = BodyWindow.ScarceBytes / 2;
        last.ReportProgress();
        Assert.Equal(1, waiting.Rooms);
        foreach (var (body, _, _) in bodies)
            body.Release();
        Assert.Equal(0, pool.RentedSegments);
    }

    private static byte[] ReadAll(Body body)
    {
        var read = new MemoryStream();
        while (true)
        {
            switch (body.Read(read.Length, 65_536, out var slice))
            {
                case BodyRead.Available:
                    read.Write(slice.Span);
                    break;
                case BodyRead.NotYet:
                    Thread.Yield();
                    break;
                case BodyRead.End:
                    return read.ToArray();
                default:
                    throw new InvalidOperationException("The body failed.");
            }
        }
    }

    private sealed class CountingSubscriber : IBodySubscriber
    {
        public int Told { get; private set; }

        public long BodyOffset { get; set; }

        public void OnBodyProgress() => Told++;

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(null)]
    public void Its_producer_knows_that_it_is_whole_before_a_reader_does(int? length)
    {
        using var pool = new SegmentPool();
        var producer = new CountingProducer();
        var body = new Body(pool, length, producer);
        var seen = new List<(long, bool)>();
        producer.Whole = () => seen.Add((body.Available, body.IsComplete));
        body.Append([1, 2]);
        Assert.Empty(seen);
        body.Append([3]);
        body.Complete();
        Assert.Equal([(length is null ? 3 : 2, false)], seen);
        Assert.True(body.IsComplete);
        Assert.Equal([1, 2, 3], ReadAll(body));
        body.Release();
    }

    [Fact]
    public void Bodies_of_no_bytes_cost_little_since_a_stored_response_keeps_one_for_its_304()
    {
        var kept = new Body[1000];
        Body.Empty();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < kept.Length; i++)
            kept[i] = Body.Empty();
        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / kept.Length;
        Assert.InRange(each, 1, 512);
        Assert.All(kept, body => Assert.True(body is { IsComplete: true, TotalLength: 0, AllocatedBytes: 0 }));
    }

    [Fact]
    public void The_last_byte_of_a_known_length_ends_it()
    {
        using var pool = new SegmentPool();
        var body = new Body(pool, 2);
        Assert.True(body.Append([1, 2]));
        Assert.True(body.IsComplete);
        Assert.False(body.Append([3]));
        Assert.True(body.IsComplete);
        Assert.Equal([1, 2], ReadAll(body));
        body.Release();
    }

    private sealed class CountingProducer : IBodyProducer
    {
        public Action Whole { get; set; } = () => { };

        public int Rooms { get; private set; }

        public int Gone { get; private set; }

        public void OnWhole() => Whole();

        public void OnRoom() => Rooms++;

        public void OnReadersGone() => Gone++;
    }
}
