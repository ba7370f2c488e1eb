using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The ranges that a Range field names, and the parts of a body that they select (RFC 9110, section 14).</summary>
internal static class RangeField
{
    /// <summary>A field with more ranges is ignored: no client needs so many, and each costs a part (RFC 9110, section 17.15).</summary>
    public const int RangesMaximum = 16;

    /// <summary>Positions from here on are taken for it.</summary>
    public const long NumberMaximum = 1_000_000_000_000_000_000;

    /// <summary>Reads ranges of bytes in their order.</summary>
    /// <param name="ranges">Room for <see cref="RangesMaximum"/>.</param>
    /// <returns>How many there are; 0 for a field that is to be ignored: of another unit, malformed, or with too many.</returns>
    public static int Read(ReadOnlySpan<byte> value, Span<ByteRange> ranges)
    {
        if (value.Length < 6 || !Ascii.EqualsIgnoreCase(value[..6], "bytes="u8))
            return 0;
        var list = value[6..];
        var count = 0;
        while (Tokens.TryNext(ref list, out var member))
        {
            if (count == RangesMaximum || !TryParse(member, out ranges[count]))
                return 0;
            count++;
        }

        return count;
    }

    /// <summary>Selects parts of a body of known length, in the order of their ranges. Ranges that select nothing are left out; those
    /// that overlap or touch an earlier one are joined with it, so that no byte goes out twice (RFC 9110, section 15.3.7.2).</summary>
    /// <param name="parts">Room for as many as there are ranges.</param>
    /// <returns>How many parts there are; 0 when no range can be satisfied.</returns>
    public static int Select(ReadOnlySpan<ByteRange> ranges, long total, Span<ByteSpan> parts)
    {
        var count = 0;
        foreach (var range in ranges)
        {
            if (range.TrySelect(total, out var part))
                count = Join(parts, count, part);
        }

        return count;
    }

    /// <summary>Adds a part to parts that are apart from each other, at the place of the first that it meets.</summary>
    private static int Join(Span<ByteSpan> parts, int count, ByteSpan part)
    {
        var place = -1;
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var known = parts[i];
            if (part.Start > known.End || known.Start > part.End)
            {
                parts[kept++] = known;
                continue;
            }

            var start = Math.Min(part.Start, known.Start);
            part = new ByteSpan(start, Math.Max(part.End, known.End) - start);
            if (place < 0)
                place = kept++;
        }

        parts[place < 0 ? kept++ : place] = part;
        return kept;
    }

    private static bool TryParse(ReadOnlySpan<byte> member, out ByteRange range)
    {
        range = default;
        var dash = member.IndexOf((byte)'-');
        if (dash < 0 || !TryNumber(member[..dash], out var first) || !TryNumber(member[(dash + 1)..], out var last))
            return false;
        range = new ByteRange(first, last);
        return first >= 0 ? last < 0 || last >= first : last >= 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = digits.IsEmpty ? -1 : 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            number = Math.Min((number * 10) + (digit - '0'), NumberMaximum);
        }

        return true;
    }
}
