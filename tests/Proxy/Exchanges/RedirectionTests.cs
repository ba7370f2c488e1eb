using System.Text;
using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

public sealed class RedirectionTests : IDisposable
{
    private readonly SegmentPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData("GET", "/a?b=c", "example.org", 443, 301, "https://example.org/a?b=c")]
    [InlineData("HEAD", "/", "example.org:80", 443, 301, "https://example.org/")]
    [InlineData("GET", "/", "example.org:8080", 8443, 301, "https://example.org:8443/")]
    [InlineData("GET", "/x", "[2001:db8::1]:80", 443, 301, "https://[2001:db8::1]/x")]
    [InlineData("POST", "/a", "example.org", 443, 308, "https://example.org/a")]
    [InlineData("DELETE", "/a", "example.org", 443, 308, "https://example.org/a")]
    [InlineData("OPTIONS", "*", "example.org", 443, 308, "https://example.org/")]
    [InlineData("GET", "http://example.org/a", "example.org", 443, 301, "https://example.org/a")]
    public void A_request_is_sent_to_its_host_and_target_on_https(
        string method, string target, string host, int port, int status, string location)
    {
        var head = new RequestHead();
        var bytes = Encoding.ASCII.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, new HttpLimits(), head, out _, out _));

        Check(new Redirection(port), head, status, location);
        Check(new Redirection(null) { DefaultPort = port }, head, status, location);
        Assert.Equal(0, _pool.RentedSegments);
    }

    /// <summary>Nobody waits: the answer is there at once.</summary>
    private static IAnswerOwner Unasked => null!;

    private void Check(Redirection redirection, RequestHead head, int status, string location)
    {
        var response = redirection.TryAnswer(_pool, head, Unasked)!;
        var written = new byte[Http1Head.BytesMaximum(response)];
        var context = new HeadContext(
            0, HttpVersion.Http11, KeepAlive: true, response.Body.TotalLength, Chunked: false, ResponsePart.Whole(status),
            CacheNote.Own(CacheReason.Redirected));
        var text = Encoding.ASCII.GetString(written, 0, Http1Head.Write(written, response, context));
        Assert.StartsWith($"HTTP/1.1 {status} ", text, StringComparison.Ordinal);
        Assert.Contains($"\r\nLocation: {location}\r\n", text, StringComparison.Ordinal);
        response.Release();
    }
}
