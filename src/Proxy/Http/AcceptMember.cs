using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Compares members of Accept and its kin (RFC 9110, section 12.5). Case doesn't count in the range, in names of parameters, and
/// in the value of charset. Each other value is compared as it is, since its meaning is the origin's.</summary>
internal static class AcceptMember
{
    /// <summary>Whether two members mean the same. White space counts but around a semicolon. Nothing is allocated.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right))
            return true;
        var areEqual = Ascii.EqualsIgnoreCase(TakePart(ref left, out var isLast), TakePart(ref right, out var isTheirLast));
        while (areEqual && !isLast && !isTheirLast)
            areEqual = AreParametersEqual(TakePart(ref left, out isLast), TakePart(ref right, out isTheirLast));
        return areEqual && isLast == isTheirLast;
    }

    /// <summary>What tells a member from others for origins that know few: the range without parameters, of a coding without <c>x-</c>, of
    /// a language or charset its first subtag.</summary>
    public static ReadOnlySpan<byte> Subject(ReadOnlySpan<byte> member)
    {
        var range = TakePart(ref member, out _);
        if (range.Contains((byte)'/'))
            return range;
        if (range.Length > 2 && Ascii.EqualsIgnoreCase(range[..2], "x-"u8))
            range = range[2..];
        return range.IndexOf((byte)'-') is > 0 and var end ? range[..end] : range;
    }

    private static bool AreParametersEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var equals = left.IndexOf((byte)'=');
        if (equals < 0 || right.Length <= equals || right[equals] != (byte)'=')
            return left.SequenceEqual(right);
        var name = left[..equals];
        if (!Ascii.EqualsIgnoreCase(name, right[..equals]))
            return false;
        // RFC 9110, section 8.3.2, has names of charsets without case; a weight has no letters.
        return Ascii.EqualsIgnoreCase(name, "charset"u8)
            ? Ascii.EqualsIgnoreCase(left[equals..], right[equals..])
            : left[equals..].SequenceEqual(right[equals..]);
    }

    /// <summary>Takes what stands before the next semicolon; one within a quoted string separates nothing.</summary>
    private static ReadOnlySpan<byte> TakePart(scoped ref ReadOnlySpan<byte> member, out bool isLast)
    {
        var quoted = false;
        var end = 0;
        for (; end < member.Length && (quoted || member[end] != (byte)';'); end++)
        {
            if (member[end] == (byte)'"')
                quoted = !quoted;
            else if (member[end] == (byte)'\\' && quoted)
                end++;
        }

        isLast = end >= member.Length;
        var part = isLast ? member : member[..end];
        member = isLast ? default : member[(end + 1)..];
        return Tokens.Trim(part);
    }
}
