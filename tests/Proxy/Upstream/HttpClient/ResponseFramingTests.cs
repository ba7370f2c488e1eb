using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

public sealed class ResponseFramingTests
{
    [Theory]
    [InlineData("", nameof(BodyFraming.UntilClose), 0L)]
    [InlineData("Content-Length: 0", nameof(BodyFraming.Length), 0L)]
    [InlineData("Content-Length: 0012", nameof(BodyFraming.Length), 12L)]
    [InlineData("Content-Length: 9223372036854775807", nameof(BodyFraming.Length), long.MaxValue)]
    [InlineData("Content-Length: 5|Content-Length: 5|content-length: 5", nameof(BodyFraming.Length), 5L)]
    [InlineData("Transfer-Encoding: chunked", nameof(BodyFraming.Chunked), 0L)]
    [InlineData("Transfer-Encoding: CHUNKED", nameof(BodyFraming.Chunked), 0L)]
    public void A_framing_that_every_recipient_reads_alike_is_taken(string fields, string framing, long length)
    {
        Assert.True(TryRead(fields, isHttp10: false, out var read, out var readLength));
        Assert.Equal(framing, read.ToString());
        Assert.Equal(length, readLength);
    }

    [Theory]
    [InlineData("Content-Length: 5|Content-Length: 6")]
    [InlineData("Content-Length: 5|Content-Length: 05")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Content-Length: +5")]
    [InlineData("Content-Length: -5")]
    [InlineData("Content-Length: 5a")]
    [InlineData("Content-Length: 0x5")]
    [InlineData("Content-Length:")]
    [InlineData("Content-Length: 9223372036854775808")]
    [InlineData("Transfer-Encoding: gzip")]
    [InlineData("Transfer-Encoding: gzip, chunked")]
    [InlineData("Transfer-Encoding: chunked, chunked")]
    [InlineData("Transfer-Encoding: chunked|Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked|Content-Length: 5")]
    [InlineData("Content-Length: 5|Transfer-Encoding: chunked")]
    public void A_framing_that_could_be_read_differently_is_not(string fields) =>
        Assert.False(TryRead(fields, isHttp10: false, out _, out _));

    [Fact]
    public void HTTP_1_0_knows_lengths_and_no_chunks()
    {
        Assert.True(TryRead("Content-Length: 5", isHttp10: true, out _, out _));
        Assert.False(TryRead("Transfer-Encoding: chunked", isHttp10: true, out _, out _));
    }

    private static bool TryRead(string fields, bool isHttp10, out BodyFraming framing, out long length) => ResponseFraming.TryRead(
        Messages.Response(200, fields.Split('|', StringSplitOptions.RemoveEmptyEntries)), isHttp10, out framing, out length);
}
