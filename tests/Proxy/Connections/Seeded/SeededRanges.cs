using System.Globalization;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Values of a Range field.</summary>
internal static class SeededRanges
{
    /// <summary>The end of a range that has none (RFC 8673, section 2.2).</summary>
    public const string IndefiniteLast = "9007199254740991";

    private const int RangeBytesMaximum = 20_000;

    /// <summary>With and without an end, for as long as bytes come (RFC 8673), the last bytes, and several, in ascending, descending and
    /// mixed order.</summary>
    /// <param name="length">Bytes of the object; half the ranges lie among its first 30,000, the others anywhere.</param>
    public static string Of(Random random, int length)
    {
        var bytes = random.Next(2) == 0 ? 30_000 : Math.Max(1, length);
        var first = random.Next(bytes);
        return random.Next(8) switch
        {
            0 or 1 => $"{first}-{first + random.Next(RangeBytesMaximum)}",
            2 => $"{first}-",
            3 => $"{first}-{IndefiniteLast}",
            4 => $"-{first}",
            5 => Several(random, bytes),
            6 => string.Join(',', Several(random, bytes).Split(',').Reverse()),
            _ => "1000-1999,0-9,1500-2500",
        };
    }

    /// <summary>Ranges in ascending order, some of which may overlap.</summary>
    private static string Several(Random random, int bytes)
    {
        var firsts = Enumerable.Range(0, random.Next(2, 5)).Select(_ => random.Next(bytes)).Order();
        return string.Join(',', firsts.Select(first => Text(first, first + random.Next(RangeBytesMaximum))));

        static string Text(int first, int last) => string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
    }
}
