using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class OptionTextsTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1")]
    [InlineData(1025, "1025")]
    [InlineData(65_536, "64KiB")]
    [InlineData(1L << 30, "1GiB")]
    [InlineData(3L << 29, "1536MiB")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    public void A_size_is_written_as_it_is_read(long bytes, string text)
    {
        Assert.Equal(text, OptionTexts.Size(bytes));
        Assert.Equal(bytes, OptionValues.Size(text, out _));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ms")]
    [InlineData(1500, "1500ms")]
    [InlineData(60_000, "1m")]
    [InlineData(90_000, "90s")]
    [InlineData(3_600_000, "1h")]
    public void A_time_is_written_as_it_is_read(int milliseconds, string text)
    {
        Assert.Equal(text, OptionTexts.Duration(TimeSpan.FromMilliseconds(milliseconds)));
        Assert.Equal(milliseconds, OptionValues.DurationOrNone(text, out _)?.TotalMilliseconds);
    }
}
