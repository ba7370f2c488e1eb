namespace TlsProxy.Proxy.Http;

/// <summary>The status line of an answer (RFC 9112, section 4), such as <c>HTTP/1.1 200 OK</c>. The phrase may be missing, with or without
/// the space before it; it isn't kept.</summary>
internal static class StatusLine
{
    /// <summary>Bytes up to and with the space before the phrase.</summary>
    public const int BytesBeforePhrase = StatusEnd + 1;

    private const int MinorVersion = 7;
    private const int StatusStart = MinorVersion + 2;
    private const int StatusEnd = StatusStart + 3;

    private static ReadOnlySpan<byte> MajorVersion => "HTTP/1."u8;

    /// <summary>Whether a line is valid, or may become so.</summary>
    /// <param name="line">Without the line end.</param>
    /// <param name="isWhole">The line has ended.</param>
    public static bool IsValid(ReadOnlySpan<byte> line, bool isWhole)
    {
        if (isWhole && line.Length < StatusEnd)
            return false;
        var begins = Math.Min(line.Length, MajorVersion.Length);
        if (!line[..begins].SequenceEqual(MajorVersion[..begins]))
            return false;
        for (var i = begins; i < Math.Min(line.Length, StatusEnd); i++)
        {
            var isExpected = i switch
            {
                MinorVersion + 1 => line[i] == ' ',
                StatusStart => line[i] is >= (byte)'1' and <= (byte)'9',
                _ => char.IsAsciiDigit((char)line[i]),
            };
            if (!isExpected)
                return false;
        }

        return line.Length <= StatusEnd || (line[StatusEnd] == ' ' && Tokens.IsFieldValue(line[StatusEnd..]));
    }

    /// <summary>The version in a valid line; a higher minor version counts as 1.1 (RFC 9110, section 2.5).</summary>
    public static HttpVersion VersionOf(ReadOnlySpan<byte> line) =>
        line[MinorVersion] == '0' ? HttpVersion.Http10 : HttpVersion.Http11;

    /// <summary>The status in a valid line, from 100 to 999.</summary>
    public static int StatusOf(ReadOnlySpan<byte> line)
    {
        var status = 0;
        foreach (var digit in line[StatusStart..StatusEnd])
            status = (status * 10) + (digit - '0');
        return status;
    }
}
