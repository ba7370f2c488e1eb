using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class HttpDateTests
{
    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT")]
    [InlineData("Sun Nov  6 08:49:37 1994")]
    public void The_three_formats_of_RFC_9110_section_5_6_7_are_read(string text)
    {
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), out var seconds));
        Assert.Equal(784111777, seconds);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("")]
    [InlineData("Sun, 06 Nov 1994 08:49:37")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06 Nov 1994 25:49:37 GMT")]
    public void Anything_else_is_no_date(string text) => Assert.False(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void A_date_is_written_as_IMF_fixdate()
    {
        Span<byte> written = stackalloc byte[HttpDate.Length];
        HttpDate.Write(written, 784111777);
        Assert.Equal("Sun, 06 Nov 1994 08:49:37 GMT"u8, written);
    }
}
