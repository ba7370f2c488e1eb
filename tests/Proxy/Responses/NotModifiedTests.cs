using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Responses;

public sealed class NotModifiedTests
{
    [Fact]
    public void A_304_says_nothing_about_content_that_it_does_not_carry()
    {
        var stored = Messages.Response(
            200, "ETag: \"v1\"", "Content-Type: a/b", "Content-Encoding: gzip", "Content-Length: 1", "Content-Language: de",
            "Content-Location: /x", "Vary: Y", "Cache-Control: a", "Date: Thu, 26 Nov 2026 14:00:00 GMT");
        var response = new Response(stored, Body.Empty());

        Assert.Equal(
            "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nContent-Location: /x\r\nVary: Y\r\nCache-Control: a\r\n"
            + "Date: Thu, 26 Nov 2026 14:00:00 GMT\r\nVia: 1.1 tlsproxy\r\nCache-Status: tlsproxy; fwd=miss\r\n\r\n",
            Write(response.NotModified));
        Assert.Contains("Content-Type: a/b\r\n", Write(response), StringComparison.Ordinal);
    }

    private static string Write(Response response)
    {
        var written = new byte[Http1Head.BytesMaximum(response)];
        var context = new HeadContext(
            0, HttpVersion.Http11, KeepAlive: true, null, Chunked: false, ResponsePart.Whole(response.Status),
            new CacheNote(CacheOutcome.Pass));
        return Encoding.ASCII.GetString(written, 0, Http1Head.Write(written, response, context));
    }
}
