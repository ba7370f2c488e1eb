using System.Globalization;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Values as <see cref="OptionValues"/> reads them, for help and messages.</summary>
internal static class OptionTexts
{
    /// <summary>Bytes with the largest unit that leaves a whole number.</summary>
    public static string Size(long bytes) => bytes switch
    {
        0 => "0",
        _ when bytes % (1L << 30) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30}GiB"),
        _ when bytes % (1L << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}MiB"),
        _ when bytes % (1L << 10) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10}KiB"),
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A time with the largest unit that leaves a whole number.</summary>
    public static string Duration(TimeSpan time)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        var (unit, length) = milliseconds switch
        {
            0 => ("s", 1000),
            _ when milliseconds % 3_600_000 == 0 => ("h", 3_600_000),
            _ when milliseconds % 60_000 == 0 => ("m", 60_000),
            _ when milliseconds % 1000 == 0 => ("s", 1000),
            _ => ("ms", 1),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length}{unit}");
    }
}
