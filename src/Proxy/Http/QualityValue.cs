using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The weight of a member of Accept and its kin (RFC 9110, section 12.4.2).</summary>
internal static class QualityValue
{
    /// <summary>The weight of a member that names none.</summary>
    public const int Maximum = 1000;

    private const int DecimalsMaximum = 3;

    /// <summary>Reads the weight in thousandths.</summary>
    /// <returns>-1 where it is malformed, or where a quoted string may hide it.</returns>
    public static int Of(ReadOnlySpan<byte> member)
    {
        if (member.Contains((byte)'"'))
            return -1;
        var end = member.IndexOf((byte)';');
        while (end >= 0)
        {
            member = member[(end + 1)..];
            end = member.IndexOf((byte)';');
            var parameter = end < 0 ? member : member[..end];
            var equals = parameter.IndexOf((byte)'=');
            if (equals >= 0 && Ascii.EqualsIgnoreCase(Tokens.Trim(parameter[..equals]), "q"u8))
                return Read(Tokens.Trim(parameter[(equals + 1)..]));
        }

        return Maximum;
    }

    /// <summary>A digit of 0 or 1, and up to three decimals.</summary>
    private static int Read(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] is not ((byte)'0' or (byte)'1') || value.Length > 2 + DecimalsMaximum
            || (value.Length > 1 && value[1] != (byte)'.'))
            return -1;
        var weight = value[0] - '0';
        for (var i = 2; i < 2 + DecimalsMaximum; i++)
        {
            var digit = i < value.Length ? value[i] : (byte)'0';
            if (!char.IsAsciiDigit((char)digit))
                return -1;
            weight = (weight * 10) + (digit - '0');
        }

        return weight <= Maximum ? weight : -1;
    }
}
