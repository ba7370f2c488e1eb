using System.Buffers;

namespace TlsProxy.Proxy.Http;

/// <summary>Field lines of an origin's answer. White space before a colon is left out; folds, bare CR and NUL become white space
/// (RFC 9112, sections 2.2, 5.1 and 5.2; RFC 9110, section 5.5). A line may end in LF alone.</summary>
internal static class AnswerFieldLines
{
    private static readonly SearchValues<byte> ValueBytes = SearchValues.Create(
        [.. Enumerable.Range(0, 256).Select(octet => (byte)octet).Where(octet => octet is 0 or (byte)'\r' || Tokens.IsFieldByte(octet))]);

    /// <summary>Whether a line of a head is a field, or goes on with the one before it.</summary>
    /// <param name="line">One byte at least, without the line end.</param>
    /// <param name="isFirst">No field stands before it.</param>
    public static bool IsValid(ReadOnlySpan<byte> line, bool isFirst)
    {
        if (IsFold(line[0]))
            return !isFirst && !line.ContainsAnyExcept(ValueBytes);
        var colon = line.IndexOf((byte)':');
        return colon > 0 && Tokens.IsToken(line[..colon].TrimEnd(" \t"u8)) && !line[(colon + 1)..].ContainsAnyExcept(ValueBytes);
    }

    /// <summary>Appends the fields of a section.</summary>
    /// <param name="section">Valid lines up to and with the empty one, which the table has at the start of its buffer. Line ends,
    /// bare CR and NUL become spaces.</param>
    public static void Append(Span<byte> section, FieldTable fields)
    {
        for (var start = 0; !IsEmptyLine(section[start..]);)
        {
            var next = NextLine(section, start);
            // An empty line ends the section, so there is always a byte to look at.
            while (IsFold(section[next]))
            {
                section[next - 1] = (byte)' ';
                next = NextLine(section, next);
            }

            var line = section[start..(next - 1)];
            var colon = line.IndexOf((byte)':');
            var value = line[(colon + 1)..];
            value.Replace((byte)'\r', (byte)' ');
            value.Replace((byte)'\0', (byte)' ');
            FieldLines.Append(line, start, line[..colon].TrimEnd(" \t"u8).Length, colon, fields);
            start = next;
        }
    }

    private static int NextLine(ReadOnlySpan<byte> section, int start) => start + section[start..].IndexOf((byte)'\n') + 1;

    private static bool IsEmptyLine(ReadOnlySpan<byte> rest) => rest[0] == (byte)'\n' || rest.StartsWith("\r\n"u8);

    private static bool IsFold(byte first) => first is (byte)' ' or (byte)'\t';
}
