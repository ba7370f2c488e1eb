using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Responses;

/// <summary>A response decides which fields its head has, so that every protocol sends the same. A list of names and values, as HTTP/2 has
/// it, is compared with what HTTP/1.1 writes.</summary>
public sealed class SentFieldsTests : IDisposable
{
    // What HTTP/1.1 adds of its own, and what depends on the request.
    private static readonly string[] s_added = ["content-length", "transfer-encoding", "connection", "cache-status"];

    private readonly SegmentPool _pool = new();
    private readonly Body _body;
    private readonly Response _whole;

    public SentFieldsTests()
    {
        _body = new Body(_pool, 100);
        _body.Append(new byte[100]);
        _body.Complete();
        _whole = new Response(Messages.Response(200, Fields), _body);
    }

    private static string[] Fields =>
    [
        "Content-Type: a/b", "Connection: close, X-Hop", "X-Hop: 1", "Keep-Alive: 5", "Age: 7", "Content-Length: 100", "ETag: \"v\"",
        "Content-Encoding: gzip", "Date: Thu, 26 Nov 2026 14:00:00 GMT",
    ];

    public void Dispose()
    {
        _body.Release();
        _pool.Dispose();
    }

    [Fact]
    public void The_whole_has_all_that_is_meant_for_its_client() =>
        Check(_whole, ResponsePart.Whole(200), ":status content-type etag content-encoding date via");

    [Fact]
    public void A_304_has_nothing_that_describes_content() =>
        Check(_whole.NotModified, ResponsePart.Whole(304), ":status etag date via");

    [Fact]
    public void A_part_says_which_it_is() =>
        Check(_whole, new ResponsePart(206, 10, 5), ":status content-type etag content-encoding date via content-range: bytes 10-14/100");

    [Fact]
    public void A_range_that_selects_nothing_has_the_length_alone() =>
        Check(_whole, new ResponsePart(416, 0, 0), ":status content-range: bytes */100 date");

    [Fact]
    public void Several_parts_have_a_type_of_their_own()
    {
        ByteSpan[] parts = [new(0, 5), new(50, 5)];
        var multipart = MultipartRanges.TryCreate(_pool, parts, _whole.ContentType, 100)!;
        var type = "multipart/byteranges; boundary=" + Encoding.ASCII.GetString(multipart.Boundary);
        Check(
            _whole, new ResponsePart(206, 0, 5) { Several = parts }, ":status etag content-encoding date via content-type: " + type,
            multipart);
        multipart.Release();
    }

    [Fact]
    public void An_answer_to_HEAD_keeps_the_length_and_one_that_is_not_counted_on_its_age() => Check(
        new Response(Messages.Response(200, Fields), Body.Empty(), lengthInHead: true, keepsAge: true), ResponsePart.Whole(200),
        ":status content-type age content-length etag content-encoding date via");

    [Fact]
    public void An_answer_of_the_proxy_has_no_via_and_gets_a_date()
    {
        var local = LocalResponse.Create(_pool, 405, "no\n", ("Allow", "GET"));
        Check(local, ResponsePart.Whole(405), ":status content-type cache-control allow date");
        local.Release();
    }

    /// <param name="expected">Names in the order they are sent; what follows the last may have its value.</param>
    private static void Check(Response response, ResponsePart part, string expected, MultipartRanges? multipart = null)
    {
        var listed = List(response, part, multipart);
        var names = string.Join(' ', listed.Select(
            field => expected.Contains($" {field.Name}: ", StringComparison.Ordinal) ? $"{field.Name}: {field.Value}" : field.Name));
        Assert.Equal(expected, names);
        Assert.Equal(
            listed.Where(field => !Array.Exists(s_added, field.Name.Equals)),
            Http1(response, part, multipart).Where(field => !Array.Exists(s_added, field.Name.Equals)));
    }

    private static List<(string Name, string Value)> List(Response response, ResponsePart part, MultipartRanges? multipart)
    {
        var listed = new List<(string, string)> { (":status", part.Status.ToString(CultureInfo.InvariantCulture)) };
        var sent = response.FieldsOf(part);
        for (var i = 0; i < response.Head.Fields.Count; i++)
        {
            if (response.Sends(i, sent))
                listed.Add((Text(response.Head.Fields.Name(i)).ToLowerInvariant(), Text(response.Head.Fields.Value(i))));
        }

        if (sent != SentFields.None && !response.Via.IsEmpty)
            listed.Add(("via", Text(response.Via)));
        if (part.Status != response.Status && multipart is null)
        {
            var (first, last, total) = part.RangeIn(response.Body);
            listed.Add(("content-range", first < 0 ? $"bytes */{total}" : $"bytes {first}-{last}/{total}"));
        }

        if (multipart is not null)
            listed.Add(("content-type", Text(multipart.ContentType)));
        if (!response.HasDate || sent == SentFields.None)
            listed.Add(("date", "Thu, 01 Jan 1970 00:00:00 GMT"));
        return listed;
    }

    private static IEnumerable<(string Name, string Value)> Http1(Response response, ResponsePart part, MultipartRanges? multipart)
    {
        var written = new byte[Http1Head.BytesMaximum(response)];
        var context = new HeadContext(0, HttpVersion.Http11, true, 1, false, part, new CacheNote(CacheOutcome.Pass))
        {
            Multipart = multipart,
        };
        var lines = Text(written.AsSpan(0, Http1Head.Write(written, response, context))).Split("\r\n");
        Assert.Equal(["", ""], lines[^2..]);
        return lines[1..^2].Select(line => (line[..line.IndexOf(':')].ToLowerInvariant(), line[(line.IndexOf(':') + 2)..]))
            .Prepend((":status", lines[0].Split(' ')[1]));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);
}
