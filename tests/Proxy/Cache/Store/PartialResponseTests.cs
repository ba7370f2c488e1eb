using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Parts of one response, put together (RFC 9111, section 3.4).</summary>
public sealed class PartialResponseTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly CacheEntry _whole = new(
        Messages.Response(200, "ETag: \"1\""), Body.Empty(), new Freshness(0, 0, 60_000),
        VaryKey.Of(Messages.Response(200), Messages.Request()), sharesAuthorized: false);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Parts_in_any_order_hold_what_they_brought_and_become_the_whole(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 8; round++)
        {
            var total = random.Next(1, 20_000);
            var content = new byte[total];
            random.NextBytes(content);
            var there = new bool[total];
            PartialResponse? parts = null;
            while (parts is not { IsComplete: true })
            {
                var start = random.Next(total);
                var length = random.Next(1, total - start + 1);
                parts = Add(parts, Take(content, start, length));
                there.AsSpan(start, length).Fill(true);
                AssertHolds(parts, content, there, random);
            }

            var entry = parts.ToWhole();
            AssertReads(content, entry.Response.Body, 0);
            entry.Response.Release();
            parts.Release();
            Assert.Equal(0, _pool.RentedSegments);
        }
    }

    [Fact]
    public void Very_many_parts_are_not_kept()
    {
        var content = new byte[1000];
        var parts = Take(content, 0, 1);
        for (var start = 2; start < 2 * 256; start += 2)
            parts = Add(parts, Take(content, start, 1));
        var added = Take(content, 900, 1);
        Assert.Null(parts.With(added));
        added.Release();
        parts.Release();
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void A_body_can_go_on_behind_bytes_of_another()
    {
        var part = Take([1, 2, 3, 4, 5], 0, 3);
        var body = new Body(_pool, 5);
        part.AddPrefixTo(body);
        part.Release();
        Assert.True(body.Append([4, 5]));
        body.Complete();
        AssertReads([1, 2, 3, 4, 5], body, 0);
        body.Release();
        Assert.Equal(0, _pool.RentedSegments);
    }

    private static PartialResponse Add(PartialResponse? known, PartialResponse added)
    {
        if (known is null)
            return added;
        Assert.True(known.IsSame(added));
        var both = known.With(added);
        known.Release();
        added.Release();
        return both ?? throw new InvalidOperationException("There are too many parts.");
    }

    private static void AssertHolds(PartialResponse parts, byte[] content, bool[] there, Random random)
    {
        for (var look = 0; look < 10; look++)
        {
            var span = new ByteSpan(random.Next(content.Length), 0);
            span = span with { Length = random.Next(1, content.Length - (int)span.Start + 1) };
            var body = parts.Find(span, out var offset);
            Assert.Equal(there.AsSpan((int)span.Start, (int)span.Length).Contains(false), body is null);
            if (body is not null)
                AssertReads(content.AsSpan((int)span.Start, (int)span.Length), body, offset);
        }
    }

    private static void AssertReads(ReadOnlySpan<byte> expected, Body body, long offset)
    {
        for (var read = 0; read < expected.Length;)
        {
            Assert.Equal(BodyRead.Available, body.Read(offset + read, expected.Length - read, out var slice));
            Assert.True(slice.Span.SequenceEqual(expected.Slice(read, slice.Length)), $"the bytes from {read} on differ");
            read += slice.Length;
        }
    }

    private PartialResponse Take(byte[] content, int start, int length)
    {
        var body = new Body(_pool, null);
        Assert.True(body.Append(content.AsSpan(start, length)));
        body.Fail();
        var part = PartialResponse.Of(_whole, content.Length, body, new ByteSpan(start, length));
        body.Release();
        return part;
    }
}
