using System.Buffers.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Which bytes of what a 206 brings (RFC 9110, section 14.4).</summary>
internal static class ContentRangeField
{
    /// <summary>Whether a field names bytes; other units are for those who know them.</summary>
    public static bool IsOfBytes(ReadOnlySpan<byte> value) =>
        value.Length > 6 && System.Text.Ascii.EqualsIgnoreCase(value[..6], "bytes "u8);

    /// <summary>Reads <c>bytes first-last/total</c>.</summary>
    /// <param name="total">Bytes of the whole, or -1 where the field says <c>*</c>.</param>
    /// <returns>False for anything that isn't a part of a whole.</returns>
    public static bool TryRead(ReadOnlySpan<byte> value, out ByteSpan span, out long total)
    {
        span = default;
        total = -1;
        if (!IsOfBytes(value))
            return false;
        value = value[6..];
        var dash = value.IndexOf((byte)'-');
        var slash = value.IndexOf((byte)'/');
        if (dash < 0 || slash < dash
            || !TryNumber(value[..dash], out var first) || !TryNumber(value[(dash + 1)..slash], out var last) || last < first)
            return false;
        span = new ByteSpan(first, last - first + 1);
        return value[(slash + 1)..] is [(byte)'*'] || (TryNumber(value[(slash + 1)..], out total) && last < total);
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(digits, out number, out var read) && read == digits.Length && number < RangeField.NumberMaximum;
    }
}
