using System.Globalization;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Dates of HTTP (RFC 9110, section 5.6.7), as seconds since 1970.</summary>
internal static class HttpDate
{
    /// <summary>Bytes of an IMF-fixdate.</summary>
    public const int Length = 29;

    private static readonly string[] Formats =
    [
        "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
        "dddd, dd-MMM-yy HH:mm:ss 'GMT'",
        "ddd MMM d HH:mm:ss yyyy",
        "ddd MMM  d HH:mm:ss yyyy",
    ];

    /// <summary>Reads one of the three formats; a date before 1970 is read as 1970.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out long unixSeconds)
    {
        unixSeconds = 0;
        Span<char> characters = stackalloc char[40];
        if (bytes.Length > characters.Length || Ascii.ToUtf16(bytes, characters, out var count) != System.Buffers.OperationStatus.Done)
            return false;
        if (!DateTimeOffset.TryParseExact(
            characters[..count], Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
            return false;
        // A two-digit year that seems more than 50 years ahead is in the past (RFC 9110, section 5.6.7).
        if (bytes.Contains((byte)'-') && date > DateTimeOffset.UtcNow.AddYears(50))
            date = date.AddYears(-100);
        unixSeconds = Math.Max(0, date.ToUnixTimeSeconds());
        return true;
    }

    /// <summary>Writes an IMF-fixdate of <see cref="Length"/> bytes.</summary>
    public static void Write(Span<byte> destination, long unixSeconds)
    {
        if (!DateTimeOffset.FromUnixTimeSeconds(unixSeconds).TryFormat(destination, out _, "R", CultureInfo.InvariantCulture))
            throw new ArgumentException($"A date takes {Length} bytes.", nameof(destination));
    }
}
