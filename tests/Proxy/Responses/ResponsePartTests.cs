using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Responses;

/// <summary>How much of a response a client gets, whole or still arriving.</summary>
public sealed class ResponsePartTests : IDisposable
{
    private readonly SegmentPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData("GET", "bytes=10-19", 206, 10, 10)]
    [InlineData("GET", "bytes=-10", 206, 90, 10)]
    [InlineData("GET", "bytes=100-", 416, 0, 0)]
    [InlineData("GET", "bytes=9-1", 200, 0, -1)]
    [InlineData("HEAD", "bytes=10-19", 200, 0, -1)]
    public void Of_a_known_length_a_range_is_decided_at_once_whether_its_bytes_are_there_or_not(
        string method, string range, int status, long start, long length)
    {
        foreach (var available in new[] { 0, 15, 100 })
        {
            using var scene = new Scene(_pool, 100, available);
            Assert.True(ResponsePart.TryOf(Messages.Request(method: method, fields: "Range: " + range), scene.Response, out var part));
            Assert.Equal((status, start, length), (part.Status, part.Start, part.Length));
            Assert.Null(part.Several);
        }
    }

    [Fact]
    public void Several_ranges_of_a_known_length_are_several_parts()
    {
        using var scene = new Scene(_pool, 100, 0);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: bytes=50-59,0-9"), scene.Response, out var part));
        Assert.Equal(206, part.Status);
        Assert.Equal([new ByteSpan(50, 10), new ByteSpan(0, 10)], part.Several!);
    }

    [Fact]
    public void A_body_whose_content_type_is_too_long_to_repeat_is_sent_whole()
    {
        using var scene = new Scene(_pool, 100, 100);
        var head = Messages.Response(200, "Content-Type: text/" + new string('x', MultipartRanges.ContentTypeMaximum));
        var response = new Response(head, scene.Body);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: bytes=50-59,0-9"), response, out var part));
        Assert.True(part.IsWhole);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: bytes=50-59"), response, out part));
        Assert.Equal(206, part.Status);
    }

    [Fact]
    public void Repeated_fields_and_other_statuses_have_no_ranges()
    {
        using var scene = new Scene(_pool, 100, 100);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: ["Range: bytes=0-1", "Range: bytes=2-3"]), scene.Response, out var part));
        Assert.True(part.IsWhole);
        var missing = new Response(Messages.Response(404), scene.Body);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: bytes=0-1"), missing, out part));
        Assert.Equal(404, part.Status);
    }

    [Theory]
    [InlineData("bytes=10-19", 20, 206, 10, 10, 0)]
    [InlineData("bytes=10-999999999999", 11, 206, 10, -1, 999_999_999_999)]
    public void While_the_length_is_unknown_a_range_waits_for_its_bytes(
        string range, int needed, int status, long start, long length, long indefinite)
    {
        using var scene = new Scene(_pool, null, needed - 1);
        var request = Messages.Request(fields: "Range: " + range);
        Assert.False(ResponsePart.TryOf(request, scene.Response, out _));
        scene.Body.Append([1]);
        Assert.True(ResponsePart.TryOf(request, scene.Response, out var part));
        Assert.Equal((status, start, length, indefinite), (part.Status, part.Start, part.Length, part.IndefiniteLast));
        Assert.False(part.IsWhole);
    }

    [Theory]
    [InlineData("bytes=10-19", 15, 206, 10, 5)]
    [InlineData("bytes=10-19", 10, 416, 0, 0)]
    [InlineData("bytes=10-999999999999", 15, 206, 10, 5)]
    public void The_end_of_the_body_decides_what_was_waited_for(string range, int total, int status, long start, long length)
    {
        using var scene = new Scene(_pool, null, 10);
        var request = Messages.Request(fields: "Range: " + range);
        Assert.False(ResponsePart.TryOf(request, scene.Response, out _));
        scene.Body.Append(new byte[total - 10]);
        scene.Body.Complete();
        Assert.True(ResponsePart.TryOf(request, scene.Response, out var part));
        Assert.Equal((status, start, length), (part.Status, part.Start, part.Length));
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=-10")]
    [InlineData("bytes=0-1,3-4")]
    public void While_the_length_is_unknown_no_end_is_invented(string range)
    {
        using var scene = new Scene(_pool, null, 50);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: " + range), scene.Response, out var part));
        Assert.True(part.IsWhole);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_body_that_fails_or_outgrows_the_cache_is_not_waited_for(bool fails)
    {
        using var scene = new Scene(_pool, null, 10);
        if (fails)
            scene.Body.Fail();
        else
            scene.Body.LimitToWindow(new BodyWindow(1 << 20));
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: bytes=10-19"), scene.Response, out var part));
        Assert.True(part.IsWhole);
    }

    [Fact]
    public void A_range_without_a_definite_end_tells_the_last_byte_of_a_body_that_ends_before_the_head_is_written()
    {
        using var scene = new Scene(_pool, null, 1000);
        Assert.True(ResponsePart.TryOf(Messages.Request(fields: "Range: bytes=10-999999999999"), scene.Response, out var part));
        scene.Body.Complete();

        var head = new byte[Http1Head.BytesMaximum(scene.Response)];
        var context = new HeadContext(0, HttpVersion.Http11, true, null, true, part, CacheNote.Own(CacheReason.OwnAnswer), default);
        var text = Encoding.ASCII.GetString(head, 0, Http1Head.Write(head, scene.Response, context));

        Assert.Contains("\r\nContent-Range: bytes 10-999/1000\r\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_stand_between_lines_that_name_them()
    {
        ByteSpan[] parts = [new(50, 10), new(0, 1)];
        var multipart = MultipartRanges.TryCreate(_pool, parts, "a/b"u8, 100)!;
        var boundary = Encoding.ASCII.GetString(multipart.Boundary);
        Assert.Matches("^[0-9a-f]{32}$", boundary);
        Assert.Equal(
            $"--{boundary}\r\nContent-Type: a/b\r\nContent-Range: bytes 50-59/100\r\n\r\n|"
            + $"\r\n--{boundary}\r\nContent-Type: a/b\r\nContent-Range: bytes 0-0/100\r\n\r\n|\r\n--{boundary}--\r\n",
            string.Join('|', Enumerable.Range(0, 3).Select(i => Encoding.ASCII.GetString(multipart.LinesBefore(i).Span))));
        Assert.Equal(Enumerable.Range(0, 3).Sum(i => multipart.LinesBefore(i).Length) + 11, multipart.Length);
        Assert.Equal([0, 0, long.MaxValue], Enumerable.Range(0, 3).Select(multipart.FirstNeededFrom));
        multipart.Release();
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public void The_largest_numbers_and_a_long_type_find_room()
    {
        var parts = Enumerable.Range(0, RangeField.RangesMaximum).Select(i => new ByteSpan(long.MaxValue - 100 + (i * 5), 1)).ToArray();
        var type = Encoding.ASCII.GetBytes("a/" + new string('b', 500));
        var multipart = MultipartRanges.TryCreate(_pool, parts, type, long.MaxValue)!;
        Assert.EndsWith("--\r\n", Encoding.ASCII.GetString(multipart.LinesBefore(parts.Length).Span), StringComparison.Ordinal);
        multipart.Release();
    }

    /// <summary>A response of so many bytes.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene(SegmentPool pool, long? total, int available)
        {
            Body = new Body(pool, total);
            Body.Append(new byte[available]);
            Response = new Response(Messages.Response(200, "ETag: \"v\""), Body);
        }

        public Body Body { get; }

        public Response Response { get; }

        public void Dispose() => Body.Release();
    }
}
