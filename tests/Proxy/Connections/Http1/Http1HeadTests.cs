using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

/// <summary>The lines of a head that all clients get are kept with the response in one piece.</summary>
public sealed class Http1HeadTests
{
    private const int Rounds = 1000;
    private readonly byte[] _written = new byte[2048];

    [Fact]
    public void A_head_is_written_again_without_allocating()
    {
        var response = Make(200);
        var first = Write(response);

        var context = Whole(response);
        var length = 0;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < Rounds; i++)
                length = Http1Head.Write(_written, response, context);
        }));
        Assert.Equal(first, Encoding.ASCII.GetString(_written, 0, length));
    }

    [Fact]
    public void A_304_and_parts_allocate_nothing()
    {
        var whole = Make(200);
        var contexts = new[] { Whole(whole.NotModified), Of(new ResponsePart(206, 0, 1)), Of(new ResponsePart(416, 0, 0)) };
        Write(whole);
        foreach (var context in contexts)
        {
            var response = context.Part.Status == 304 ? whole.NotModified : whole;
            Assert.Equal(0, Allocations.Least(() => Http1Head.Write(_written, response, context)));
        }
    }

    [Fact]
    public void Writers_that_come_first_together_write_the_same()
    {
        var response = Make(200);
        using var start = new Barrier(2);
        var texts = new string[2];
        var threads = Enumerable.Range(0, 2).Select(i => new Thread(() =>
        {
            var written = new byte[2048];
            start.SignalAndWait();
            texts[i] = Encoding.ASCII.GetString(written, 0, Http1Head.Write(written, response, Whole(response)));
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(texts[0], texts[1]);
        Assert.Equal(texts[0], Write(response));
    }

    private static Response Make(int status) => new(
        Messages.Response(
            status, "Server: nginx", "Connection: keep-alive, X-Hop", "X-Hop: 1", "Age: 7", "Content-Length: 3", "Content-Type: a/b",
            "ETag: \"v\"", "Date: Thu, 26 Nov 2026 14:00:00 GMT"),
        Body.Empty());

    private static HeadContext Whole(Response response) => Of(ResponsePart.Whole(response.Status));

    private static HeadContext Of(ResponsePart part) =>
        new(0, HttpVersion.Http11, KeepAlive: true, 3, Chunked: false, part, new CacheNote(CacheOutcome.Pass));

    private string Write(Response response) =>
        Encoding.ASCII.GetString(_written, 0, Http1Head.Write(_written, response, Whole(response)));
}
