using System.Buffers.Text;

namespace TlsProxy.Proxy.Http.StructuredFields;

/// <summary>Values without parameters (RFC 9651, section 4.2.3.1). The first byte tells the type.</summary>
internal static class BareItem
{
    private const int IntegerDigitsMaximum = 15;
    private const int WholeDigitsMaximum = 12;
    private const int FractionDigitsMaximum = 3;

    /// <summary>Reads the value at the beginning.</summary>
    /// <param name="length">The bytes it takes; 0 where there is no valid one.</param>
    public static bool TryRead(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        return !input.IsEmpty && input[0] switch
        {
            (byte)'-' or (>= (byte)'0' and <= (byte)'9') => TryReadNumber(input, out value, out length),
            (byte)'"' => TryReadString(input, out value, out length),
            (byte)'?' => TryReadBoolean(input, out value, out length),
            (byte)':' => TryReadBytes(input, out value, out length),
            (byte)'@' => TryReadDate(input, out value, out length),
            (byte)'%' => TryReadDisplayString(input, out value, out length),
            (byte)'*' or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') => TryReadToken(input, out value, out length),
            _ => false,
        };
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        var sign = input[0] == '-' ? 1 : 0;
        var digits = CountDigits(input[sign..]);
        var end = sign + digits;
        if (digits == 0)
            return false;
        var isDecimal = end < input.Length && input[end] == '.';
        var fraction = isDecimal ? CountDigits(input[(end + 1)..]) : 0;
        if (isDecimal ? digits > WholeDigitsMaximum || fraction is 0 or > FractionDigitsMaximum : digits > IntegerDigitsMaximum)
            return false;
        var number = Digits(input.Slice(sign, digits));
        if (isDecimal)
        {
            number = (number * 1000) + (Digits(input.Slice(end + 1, fraction)) * (fraction == 1 ? 100 : fraction == 2 ? 10 : 1));
            end += 1 + fraction;
        }

        value = new StructuredValue(isDecimal ? StructuredKind.Decimal : StructuredKind.Integer, sign == 1 ? -number : number, default);
        length = end;
        return true;
    }

    private static bool TryReadDate(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        if (input.Length < 2 || !(input[1] == '-' || char.IsAsciiDigit((char)input[1]))
            || !TryReadNumber(input[1..], out var number, out var digits) || number.Kind != StructuredKind.Integer)
            return false;
        value = number with { Kind = StructuredKind.Date };
        length = 1 + digits;
        return true;
    }

    private static bool TryReadString(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        var text = new MemoryStream();
        for (var i = 1; i < input.Length; i++)
        {
            var octet = input[i];
            if (octet == '"')
            {
                value = new StructuredValue(StructuredKind.String, 0, text.ToArray());
                length = i + 1;
                return true;
            }

            if (octet == '\\' && (++i == input.Length || (octet = input[i]) is not ((byte)'"' or (byte)'\\')))
                return false;
            if (octet is < 0x20 or > 0x7E)
                return false;
            text.WriteByte(octet);
        }

        return false;
    }

    private static bool TryReadToken(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        length = 1;
        while (length < input.Length && (input[length] is (byte)':' or (byte)'/' || Tokens.IsToken(input.Slice(length, 1))))
            length++;
        value = new StructuredValue(StructuredKind.Token, 0, input[..length].ToArray());
        return true;
    }

    private static bool TryReadBoolean(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        if (input.Length < 2 || input[1] is not ((byte)'0' or (byte)'1'))
            return false;
        value = new StructuredValue(StructuredKind.Boolean, input[1] - '0', default);
        length = 2;
        return true;
    }

    private static bool TryReadBytes(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        var end = input[1..].IndexOf((byte)':');
        if (end < 0)
            return false;
        var encoded = input.Slice(1, end);
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (encoded.IndexOfAny(" \t"u8) >= 0
            || Base64.DecodeFromUtf8(encoded, decoded, out var consumed, out var written) != System.Buffers.OperationStatus.Done
            || consumed != encoded.Length)
            return false;
        value = new StructuredValue(StructuredKind.Bytes, 0, decoded.AsMemory(0, written));
        length = end + 2;
        return true;
    }

    private static bool TryReadDisplayString(ReadOnlySpan<byte> input, out StructuredValue value, out int length)
    {
        value = default;
        length = 0;
        if (input.Length < 2 || input[1] != '"')
            return false;
        var text = new MemoryStream();
        for (var i = 2; i < input.Length; i++)
        {
            if (input[i] == '"')
            {
                if (!System.Text.Unicode.Utf8.IsValid(text.ToArray()))
                    return false;
                value = new StructuredValue(StructuredKind.DisplayString, 0, text.ToArray());
                length = i + 1;
                return true;
            }

            if (input[i] is < 0x20 or > 0x7E)
                return false;
            if (input[i] != '%')
            {
                text.WriteByte(input[i]);
                continue;
            }

            if (i + 2 >= input.Length || HexDigit(input[i + 1]) is not { } high || HexDigit(input[i + 2]) is not { } low)
                return false;
            text.WriteByte((byte)((high << 4) | low));
            i += 2;
        }

        return false;
    }

    private static int? HexDigit(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        _ => null,
    };

    private static int CountDigits(ReadOnlySpan<byte> input)
    {
        var end = input.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? input.Length : end;
    }

    private static long Digits(ReadOnlySpan<byte> digits)
    {
        long number = 0;
        foreach (var digit in digits)
            number = (number * 10) + (digit - '0');
        return number;
    }
}
