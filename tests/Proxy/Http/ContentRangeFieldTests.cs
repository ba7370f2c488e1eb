using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>Content-Range (RFC 9110, section 14.4).</summary>
public sealed class ContentRangeFieldTests
{
    [Theory]
    [InlineData("bytes 0-9/20", 0, 10, 20)]
    [InlineData("BYTES 5-5/6", 5, 1, 6)]
    [InlineData("bytes 0-9/*", 0, 10, -1)]
    public void A_part_of_a_whole_is_read(string value, long start, long length, long total)
    {
        Assert.True(ContentRangeField.TryRead(Encoding.ASCII.GetBytes(value), out var span, out var read));
        Assert.Equal((new ByteSpan(start, length), total), (span, read));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes */20")]
    [InlineData("bytes=0-9/20")]
    [InlineData("bytes 0-9")]
    [InlineData("bytes 9-0/20")]
    [InlineData("bytes 0-20/20")]
    [InlineData("bytes -9/20")]
    [InlineData("bytes 0-/20")]
    [InlineData("bytes 0-9/")]
    [InlineData("bytes 0-9/2 0")]
    [InlineData("bytes +0-9/20")]
    [InlineData("bytes 0-9/20/20")]
    [InlineData("bytes 0-99999999999999999999/999999999999999999999")]
    [InlineData("items 0-9/20")]
    public void Anything_else_is_none(string value) =>
        Assert.False(ContentRangeField.TryRead(Encoding.ASCII.GetBytes(value), out _, out _));
}
