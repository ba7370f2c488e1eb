using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class ResponsePersistenceTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 0")]
    [InlineData("HTTP/1.1 200 OK|Transfer-Encoding: chunked")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 0|Connection: upgrade, x")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 0|X: close")]
    [InlineData("HTTP/1.0 200 OK|Content-Length: 0|Connection: Keep-Alive")]
    [InlineData("HTTP/1.0 200 OK|Content-Length: 0|Connection: x|Connection: y, keep-alive")]
    [InlineData("HTTP/1.1 204 No Content")]
    [InlineData("HTTP/1.1 204 No Content|Content-Length: 0")]
    [InlineData("HTTP/1.1 304 Not Modified|Content-Length: 5")]
    [InlineData("HTTP/1.1 103 Early Hints")]
    public void RFC_9112_section_9_3_the_connection_goes_on(string head) => Assert.True(Read(head).KeepsConnection);

    [Theory]
    [InlineData("HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.0 200 OK|Connection: keep-alive")]
    [InlineData("HTTP/1.0 200 OK|Content-Length: 0")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 0|Connection: CLOSE")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 0|Connection: keep-alive, close")]
    [InlineData("HTTP/1.1 200 OK|Content-Length: 0|Connection: x|Connection: close")]
    [InlineData("HTTP/1.0 200 OK|Content-Length: 0|Connection: close, keep-alive")]
    public void RFC_9112_section_9_3_the_connection_ends(string head) => Assert.False(Read(head).KeepsConnection);

    [Theory]
    [InlineData("HTTP/1.1 204 No Content|Content-Length: 5")]
    [InlineData("HTTP/1.1 204 No Content|Transfer-Encoding: chunked")]
    public void Behind_a_204_that_announces_content_the_connection_ends(string head) => Assert.False(Read(head).KeepsConnection);

    private static ResponseHead Read(string head) => ReadAnswer.Of(head.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n\r\n");
}
