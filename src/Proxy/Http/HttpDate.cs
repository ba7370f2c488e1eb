using System.Globalization;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Dates of HTTP (RFC 9110, section 5.6.7), as seconds since 1970. Case doesn't matter (RFC 9111, section 4.2),
/// nor whether the day of the week is that of the date.</summary>
internal static class HttpDate
{
    /// <summary>Bytes of an IMF-fixdate.</summary>
    public const int Length = 29;

    private const int ShortDayLength = 3;
    private const int ClockLength = 8;

    // A two-digit year that seems more than this many years ahead is in the past.
    private const int YearsAheadMaximum = 50;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    private static ReadOnlySpan<byte> Days => "MonTueWedThuFriSatSun"u8;

    /// <summary>Reads one of the three formats; a date before 1970 is read as 1970.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out long unixSeconds) => TryParse(bytes, TimeProvider.System, out unixSeconds);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out long)"/>
    /// <param name="time">Tells which century a two-digit year lies in.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, TimeProvider time, out long unixSeconds)
    {
        unixSeconds = 0;
        var comma = bytes.IndexOf((byte)',');
        if (comma < 0)
            return TryParseAsctime(bytes, ref unixSeconds);
        if (!IsDay(bytes[..comma]))
            return false;
        var rest = bytes[(comma + 1)..];
        return comma == ShortDayLength ? TryParseFixdate(rest, ref unixSeconds) : TryParseRfc850(rest, time, ref unixSeconds);
    }

    /// <summary>Writes an IMF-fixdate of <see cref="Length"/> bytes.</summary>
    public static void Write(Span<byte> destination, long unixSeconds)
    {
        if (!DateTimeOffset.FromUnixTimeSeconds(unixSeconds).TryFormat(destination, out _, "R", CultureInfo.InvariantCulture))
            throw new ArgumentException($"A date takes {Length} bytes.", nameof(destination));
    }

    /// <summary><c> 06 Nov 1994 08:49:37 GMT</c>.</summary>
    private static bool TryParseFixdate(ReadOnlySpan<byte> rest, ref long unixSeconds) =>
        rest.Length == 25 && rest[0] == ' ' && rest[3] == ' ' && rest[7] == ' ' && rest[12] == ' ' && IsGmt(rest[21..])
        && TryDigits(rest[1..3], out var day) && TryMonth(rest[4..7], out var month) && TryDigits(rest[8..12], out var year)
        && TryCombine(year, month, day, rest.Slice(13, ClockLength), ref unixSeconds);

    /// <summary><c> 06-Nov-94 08:49:37 GMT</c>.</summary>
    private static bool TryParseRfc850(ReadOnlySpan<byte> rest, TimeProvider time, ref long unixSeconds)
    {
        if (rest.Length != 23 || rest[0] != ' ' || rest[3] != '-' || rest[7] != '-' || rest[10] != ' ' || !IsGmt(rest[19..])
            || !TryDigits(rest[1..3], out var day) || !TryMonth(rest[4..7], out var month) || !TryDigits(rest[8..10], out var year))
            return false;
        var now = time.GetUtcNow().Year;
        year += now - (now % 100);
        if (year > now + YearsAheadMaximum)
            year -= 100;
        return TryCombine(year, month, day, rest.Slice(11, ClockLength), ref unixSeconds);
    }

    /// <summary><c>Sun Nov  6 08:49:37 1994</c>.</summary>
    private static bool TryParseAsctime(ReadOnlySpan<byte> bytes, ref long unixSeconds)
    {
        if (bytes.Length != 24 || !IsDay(bytes[..3]) || bytes[3] != ' ' || bytes[7] != ' ' || bytes[10] != ' ' || bytes[19] != ' ')
            return false;
        var dayDigits = bytes[8] == ' ' ? bytes[9..10] : bytes[8..10];
        return TryMonth(bytes[4..7], out var month) && TryDigits(dayDigits, out var day) && TryDigits(bytes[20..], out var year)
            && TryCombine(year, month, day, bytes.Slice(11, ClockLength), ref unixSeconds);
    }

    private static bool TryCombine(int year, int month, int day, ReadOnlySpan<byte> clock, ref long unixSeconds)
    {
        if (clock[2] != ':' || clock[5] != ':' || !TryDigits(clock[..2], out var hour) || !TryDigits(clock[3..5], out var minute)
            || !TryDigits(clock[6..], out var second) || hour > 23 || minute > 59 || second > 60
            || year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        var date = new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.Zero);
        unixSeconds = Math.Max(0, date.ToUnixTimeSeconds() + second);
        return true;
    }

    private static bool IsGmt(ReadOnlySpan<byte> rest) => Ascii.EqualsIgnoreCase(rest, " GMT"u8);

    private static bool IsDay(ReadOnlySpan<byte> name)
    {
        if (name.Length == ShortDayLength)
            return IndexOf(Days, name) >= 0;
        return Ascii.EqualsIgnoreCase(name, "Monday"u8) || Ascii.EqualsIgnoreCase(name, "Tuesday"u8)
            || Ascii.EqualsIgnoreCase(name, "Wednesday"u8) || Ascii.EqualsIgnoreCase(name, "Thursday"u8)
            || Ascii.EqualsIgnoreCase(name, "Friday"u8) || Ascii.EqualsIgnoreCase(name, "Saturday"u8)
            || Ascii.EqualsIgnoreCase(name, "Sunday"u8);
    }

    private static bool TryMonth(ReadOnlySpan<byte> name, out int month)
    {
        month = IndexOf(Months, name) + 1;
        return month > 0;
    }

    private static int IndexOf(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < names.Length; i += 3)
        {
            if (Ascii.EqualsIgnoreCase(names.Slice(i, 3), name))
                return i / 3;
        }

        return -1;
    }

    private static bool TryDigits(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            number = (number * 10) + (digit - '0');
        }

        return true;
    }
}
