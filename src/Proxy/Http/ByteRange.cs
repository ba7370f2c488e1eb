using System.Buffers.Text;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>One range of bytes as a request names it (RFC 9110, section 14.1.2).</summary>
/// <param name="First">The first byte, or -1 for a suffix.</param>
/// <param name="Last">The last byte; with a suffix its length; -1 for an open range.</param>
internal readonly record struct ByteRange(long First, long Last)
{
    /// <summary>Reads a Range field that names one range of bytes. Several ranges, other units and malformed ones are ignored, as is allowed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> value, out ByteRange range)
    {
        range = default;
        if (value.Length < 6 || !Ascii.EqualsIgnoreCase(value[..6], "bytes="u8))
            return false;
        var text = Tokens.Trim(value[6..]);
        var dash = text.IndexOf((byte)'-');
        if (dash < 0 || !TryNumber(text[..dash], out var first) || !TryNumber(text[(dash + 1)..], out var last))
            return false;
        range = new ByteRange(first, last);
        return first >= 0 ? last < 0 || last >= first : last >= 0;
    }

    /// <summary>The part of a body of known length that the range selects.</summary>
    /// <returns>False when it selects nothing.</returns>
    public bool TrySelect(long total, out long start, out long length)
    {
        start = First >= 0 ? First : Math.Max(0, total - Last);
        var end = First < 0 || Last < 0 ? total : Math.Min(Last + 1, total);
        length = end - start;
        return length > 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = -1;
        return digits.IsEmpty || (digits.Length <= 18 && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(digits, out number, out _));
    }
}
