namespace TlsProxy.Proxy.Http;

/// <summary>What a path and query may contain, so that the origin reads them as we do (RFC 3986, sections 2 and 3.3).</summary>
internal static class TargetRules
{
    /// <summary>Checks an origin-form target.</summary>
    public static Refusal Check(ReadOnlySpan<byte> target)
    {
        for (var i = 0; i < target.Length; i++)
        {
            var octet = target[i];
            if (octet is <= 0x20 or >= 0x7F or (byte)'#' or (byte)'\\')
                return Refusal.BadTarget;
            if (octet == (byte)'%' && !IsEncoded(target[i..]))
                return Refusal.BadTarget;
        }

        var query = target.IndexOf((byte)'?');
        return ClimbsAboveRoot(query < 0 ? target : target[..query]) ? Refusal.TargetClimbsAboveRoot : Refusal.None;
    }

    /// <summary>A percent sign is followed by two hexadecimal digits that don't name NUL.</summary>
    private static bool IsEncoded(ReadOnlySpan<byte> bytes) => bytes.Length >= 3 && char.IsAsciiHexDigit((char)bytes[1])
        && char.IsAsciiHexDigit((char)bytes[2]) && !(bytes[1] == (byte)'0' && bytes[2] == (byte)'0');

    private static bool ClimbsAboveRoot(ReadOnlySpan<byte> path)
    {
        var depth = 0;
        while (!path.IsEmpty)
        {
            path = path[1..];
            var end = path.IndexOf((byte)'/');
            var segment = end < 0 ? path : path[..end];
            var dots = Dots(segment);
            if (dots == 2)
                depth--;
            else if (dots == 0)
                depth++;
            if (depth < 0)
                return true;
            path = end < 0 ? default : path[end..];
        }

        return false;
    }

    /// <summary>1 for <c>.</c>, 2 for <c>..</c>, plain or percent-encoded; 0 for any other segment.</summary>
    private static int Dots(ReadOnlySpan<byte> segment)
    {
        var dots = 0;
        while (!segment.IsEmpty)
        {
            if (segment[0] == (byte)'.')
                segment = segment[1..];
            else if (segment.Length >= 3 && segment[0] == (byte)'%' && segment[1] == (byte)'2' && (segment[2] | 0x20) == 'e')
                segment = segment[3..];
            else
                return 0;
            if (++dots > 2)
                return 0;
        }

        return dots;
    }
}
