using System.Buffers;

namespace TlsProxy.Proxy.Http;

/// <summary>What a path and query may contain, so that the origin reads them as we do (RFC 3986, sections 2 and 3.3). A target is forwarded
/// as it was received, never decoded or normalised; what leads above the root by any reading in use is refused.</summary>
internal static class TargetRules
{
    // pchar and "/", with what browsers send as it is although the grammar has it encoded: [ ] ^ ` { | } and, in a query, the backslash.
    private static readonly SearchValues<byte> PathBytes =
        SearchValues.Create("!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~%[]^`{|}"u8);

    private static readonly SearchValues<byte> QueryBytes =
        SearchValues.Create("!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~%[]^`{|}?\\"u8);

    /// <summary>Checks an origin-form target, or the query of one whose path is empty.</summary>
    public static Refusal Check(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        if (path.ContainsAnyExcept(PathBytes) || target[path.Length..].ContainsAnyExcept(QueryBytes) || !IsEncoded(target))
            return Refusal.BadTarget;
        return ClimbsAboveRoot(path) ? Refusal.TargetClimbsAboveRoot : Refusal.None;
    }

    /// <summary>Every percent sign is followed by two hexadecimal digits that don't name NUL.</summary>
    private static bool IsEncoded(ReadOnlySpan<byte> bytes)
    {
        for (var i = bytes.IndexOf((byte)'%'); i >= 0; i = bytes.IndexOf((byte)'%'))
        {
            bytes = bytes[i..];
            if (bytes.Length < 3 || !char.IsAsciiHexDigit((char)bytes[1]) || !char.IsAsciiHexDigit((char)bytes[2])
                || (bytes[1] == (byte)'0' && bytes[2] == (byte)'0'))
                return false;
            bytes = bytes[3..];
        }

        return true;
    }

    private static bool ClimbsAboveRoot(ReadOnlySpan<byte> path)
    {
        if (path.Contains((byte)'%'))
            return ClimbsAboveRoot(path, slashesEncoded: false) || ClimbsAboveRoot(path, slashesEncoded: true);
        return path.IndexOf("/.."u8) >= 0 && ClimbsAboveRoot(path, slashesEncoded: false);
    }

    /// <summary>Counts segments by the reading that gives the fewest: dots may be encoded, and empty segments are merged.</summary>
    /// <param name="slashesEncoded">Encoded slashes and backslashes separate segments too.</param>
    private static bool ClimbsAboveRoot(ReadOnlySpan<byte> path, bool slashesEncoded)
    {
        var depth = 0;
        var dots = 0;
        var length = 0;
        while (true)
        {
            var octet = path.IsEmpty ? (byte)'/' : Take(ref path, slashesEncoded);
            if (octet != (byte)'/')
            {
                length++;
                dots += octet == (byte)'.' ? 1 : 0;
                continue;
            }

            if (length == 2 && dots == 2)
                depth--;
            else if (length > 0 && !(length == 1 && dots == 1))
                depth++;
            if (depth < 0)
                return true;
            if (path.IsEmpty)
                return false;
            dots = 0;
            length = 0;
        }
    }

    /// <summary>Takes a byte off the path: the dot or slash that it encodes, any other as it is.</summary>
    private static byte Take(ref ReadOnlySpan<byte> path, bool slashesEncoded)
    {
        var octet = path[0];
        if (octet != (byte)'%')
        {
            path = path[1..];
            return octet;
        }

        var first = path[1];
        var second = path[2] | 0x20;
        path = path[3..];
        if (first == (byte)'2' && second == 'e')
            return (byte)'.';
        return slashesEncoded && ((first == (byte)'2' && second == 'f') || (first == (byte)'5' && second == 'c')) ? (byte)'/' : octet;
    }
}
