namespace TlsProxy.Proxy.Http;

/// <summary>A path as origins may read it. Origins differ, and one target then names different resources for them.</summary>
internal static class PathReading
{
    private const byte Slash = (byte)'/';
    private const byte Backslash = (byte)'\\';

    /// <summary>Whether a path says the same for all origins as it is written. Three vectorised looks; nothing is decoded.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> path) =>
        !path.ContainsAny((byte)'%', (byte)';') && path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;

    /// <summary>Whether a path is written in its normal form: it lies below the same folders for all origins.</summary>
    public static bool IsNormal(ReadOnlySpan<byte> path) => IsPlain(path) || IsNormal(Examine(path));

    /// <summary>Whether a path with these features is written in its normal form.</summary>
    public static bool IsNormal(PathFeatures features) => (features & ~PathFeatures.Parameters) == PathFeatures.None;

    /// <summary>Finds out what of a path may be read differently.</summary>
    public static PathFeatures Examine(ReadOnlySpan<byte> path)
    {
        var features = PathFeatures.None;
        int dots = 0, length = 0;
        var isCut = false;
        for (var rest = path[1..]; ;)
        {
            var isEnd = rest.IsEmpty;
            var isEncoded = false;
            var octet = isEnd ? Slash : Take(ref rest, out isEncoded, ref features);
            if (isEncoded && octet is Slash or Backslash)
                features |= PathFeatures.EncodedSlashes;
            if (isEncoded && (octet == ';' || (isCut && octet is Slash or Backslash)))
                features |= PathFeatures.DecodedFirst;
            if (!IsSeparator(octet, isEncoded))
            {
                isCut |= octet == ';';
                length += isCut ? 0 : 1;
                dots += octet == '.' && !isCut ? 1 : 0;
                features |= isCut ? PathFeatures.Parameters : PathFeatures.None;
                continue;
            }

            if (length is 1 or 2 && length == dots)
                features |= PathFeatures.Dots;
            else if (length == 0 && !isEnd)
                features |= PathFeatures.EmptySegments;
            if (isEnd)
                return features;
            dots = length = 0;
            isCut = false;
        }
    }

    /// <summary>Writes one reading of a path.</summary>
    /// <param name="reading">Which features are acted upon: dots resolved, slashes merged, encoded slashes taken as separators, parameters
    /// left out, and all of that after the whole was decoded.</param>
    /// <param name="destination">As long as the path.</param>
    /// <returns>The reading's length.</returns>
    public static int Write(ReadOnlySpan<byte> path, PathFeatures reading, Span<byte> destination)
    {
        destination[0] = Slash;
        int length = 1, start = 1;
        var ignored = PathFeatures.None;
        var isCut = false;
        var decodesFirst = (reading & PathFeatures.DecodedFirst) != 0;
        var rest = path[1..];
        while (!rest.IsEmpty)
        {
            var octet = Take(ref rest, out var isEncoded, ref ignored);
            var isSlash = isEncoded && octet is Slash or Backslash;
            if ((octet == Slash && !isEncoded) || (isSlash && (reading & PathFeatures.EncodedSlashes) != 0 && (!isCut || decodesFirst)))
            {
                isCut = false;
                start = length = EndSegment(reading, destination, start, length, isLast: false);
                continue;
            }

            isCut |= octet == ';' && (!isEncoded || decodesFirst) && (reading & PathFeatures.Parameters) != 0;
            if (isCut)
                continue;
            if (isSlash)
                length += WriteEncoded(octet, destination[length..]);
            else
                destination[length++] = octet;
        }

        return EndSegment(reading, destination, start, length, isLast: true);
    }

    /// <summary>Ends a segment, which a dot segment takes out again.</summary>
    /// <returns>The length with the separator.</returns>
    private static int EndSegment(PathFeatures reading, Span<byte> destination, int start, int length, bool isLast)
    {
        var segment = destination[start..length];
        if ((reading & PathFeatures.Dots) != 0 && segment.SequenceEqual("."u8))
            return start;
        if ((reading & PathFeatures.Dots) != 0 && segment.SequenceEqual(".."u8))
            return start == 1 ? 1 : destination[..(start - 1)].LastIndexOf(Slash) + 1;
        if (isLast || (segment.IsEmpty && (reading & PathFeatures.EmptySegments) != 0))
            return length;
        destination[length] = Slash;
        return length + 1;
    }

    private static bool IsSeparator(byte octet, bool isEncoded) => octet == Slash || (octet == Backslash && isEncoded);

    /// <summary>An encoded slash that is data stays encoded, so that it ends no segment.</summary>
    private static int WriteEncoded(byte octet, Span<byte> destination)
    {
        (octet == Slash ? "%2F"u8 : "%5C"u8).CopyTo(destination);
        return 3;
    }

    /// <summary>Takes the next octet off a path, decoded.</summary>
    private static byte Take(ref ReadOnlySpan<byte> path, out bool isEncoded, ref PathFeatures features)
    {
        var octet = path[0];
        isEncoded = octet == '%' && path.Length > 2;
        if (!isEncoded)
        {
            path = path[1..];
            return octet;
        }

        var decoded = (byte)((Digit(path[1]) << 4) | Digit(path[2]));
        if (path[1] >= 'a' || path[2] >= 'a' || IsOdd(decoded))
            features |= PathFeatures.OddEncoding;
        path = path[3..];
        return decoded;
    }

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit & 0xF) + 9;

    /// <summary>Unreserved characters needn't be encoded; the others would end or cut the path, or be decoded twice.</summary>
    private static bool IsOdd(byte octet) =>
        char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || octet < ' ' || octet == 0x7F
        || octet is (byte)'?' or (byte)'#' or (byte)';' or (byte)'%' or Slash or Backslash;
}
