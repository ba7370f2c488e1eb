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
    [InlineData("sun, 06 NOV 1994 08:49:37 gmt", 784111777)]
    [InlineData("SUNDAY, 06-nov-94 08:49:37 Gmt", 784111777)]
    [InlineData("Mon, 06 Nov 1994 08:49:37 GMT", 784111777)]
    [InlineData("Sun, 06 Nov 1994 08:49:60 GMT", 784111800)]
    [InlineData("Tue, 19 Jan 2038 14:14:08 GMT", 2147523248)]
    [InlineData("Sun, 21 Nov 2286 04:46:39 GMT", 10000039599)]
    [InlineData("Thu Aug  8 02:01:18 2050", 2543536878)]
    [InlineData("Thu, 01 Jan 1600 00:00:00 GMT", 0)]
    public void RFC_9111_section_4_2_reads_dates_without_regard_to_case_far_ones_too(string text, long seconds)
    {
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), out var read));
        Assert.Equal(seconds, read);
    }

    [Fact]
    public void A_year_of_two_digits_is_at_most_fifty_years_ahead()
    {
        var year = DateTimeOffset.UtcNow.Year;
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes($"Monday, 01-Jan-{(year + 50) % 100:00} 00:00:00 GMT"), out var ahead));
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes($"Monday, 01-Jan-{(year + 51) % 100:00} 00:00:00 GMT"), out var behind));
        Assert.Equal(year + 50, DateTimeOffset.FromUnixTimeSeconds(ahead).Year);
        Assert.Equal(Math.Max(1970, year - 49), DateTimeOffset.FromUnixTimeSeconds(behind).Year);
    }

    [Theory]
    [InlineData("Sun, 06 Nov 94 08:49:37 GMT")]
    [InlineData("Sun 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06  Nov  1994 08:49:37 GMT")]
    [InlineData("Sun, 06-Nov-1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08.49.37 GMT")]
    [InlineData("Sun, 6 Nov 1994 8:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 AEST")]
    [InlineData("Sun, 31 Feb 1994 08:49:37 GMT")]
    [InlineData("Sun, 00 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 0000 08:49:37 GMT")]
    [InlineData("Sux, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nox 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:61 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun Nov 6 08:49:37 1994")]
    [InlineData(",")]
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
