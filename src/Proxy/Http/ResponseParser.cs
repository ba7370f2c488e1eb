namespace TlsProxy.Proxy.Http;

/// <summary>Heads of answers (RFC 9112, sections 2 to 6). Status line and framing are read strictly, field lines as
/// <see cref="AnswerFieldLines"/> allows.</summary>
internal static class ResponseParser
{
    // A Date that the head may lack is added to the same array.
    private const int DateBytes = 4 + HttpDate.Length;

    /// <summary>Reads one head, an interim one too, from the start of <paramref name="input"/>.</summary>
    /// <param name="method">That of the request.</param>
    /// <param name="head">Set when the result is <see cref="ParseStatus.Complete"/>. It has a copy of its bytes.</param>
    /// <param name="consumed">Bytes of the head; 0 unless complete.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input, HttpLimits limits, KnownMethod method, out ResponseHead? head, out int consumed)
    {
        var scan = default(HeadScan);
        return Parse(input, limits, method, ref scan, out head, out consumed);
    }

    /// <summary>Reads a head that comes in pieces: each call gets all its bytes so far.</summary>
    /// <param name="scan">Where the call before has left off.</param>
    public static ParseStatus Parse(
        ReadOnlySpan<byte> input, HttpLimits limits, KnownMethod method, ref HeadScan scan, out ResponseHead? head, out int consumed)
    {
        head = null;
        consumed = 0;
        var status = FindEnd(input, limits, ref scan, out var extent);
        if (status != ParseStatus.Complete)
            return status;
        var read = Read(input, extent);
        if (!ResponseFraming.TryApply(read, method))
            return ParseStatus.Refused;
        read.KeepsConnection = ResponsePersistence.Allows(read);
        head = read;
        consumed = extent.Length;
        return ParseStatus.Complete;
    }

    /// <summary>Finds the empty line that ends the head, and refuses what no further byte can mend.</summary>
    private static ParseStatus FindEnd(ReadOnlySpan<byte> input, HttpLimits limits, ref HeadScan scan, out Extent extent)
    {
        extent = default;
        while (true)
        {
            var rest = input[scan.LineStart..];
            var end = rest[scan.Looked..].IndexOf((byte)'\n');
            if (end >= 0)
                end += scan.Looked;
            var line = end < 0 ? rest : rest[..end];
            // The line end, or one that has yet to come, is a byte more.
            if (scan.LineStart + line.Length >= limits.HeadBytes)
                return ParseStatus.Refused;
            if (end < 0)
            {
                var looked = scan.Looked;
                scan.Looked = rest.Length;
                return scan.Lines > 0 || MayBeStatusLine(line, looked) ? ParseStatus.NeedMore : ParseStatus.Refused;
            }

            line = WithoutReturn(line);
            if (scan.Lines > 0 && line.IsEmpty)
            {
                extent = new Extent(scan.FieldsStart, scan.LineStart + end + 1, scan.Lines - 1);
                return ParseStatus.Complete;
            }

            if (!IsValid(line, scan.Lines, limits))
                return ParseStatus.Refused;
            scan.LineStart += end + 1;
            scan.Looked = 0;
            if (scan.Lines++ == 0)
                scan.FieldsStart = scan.LineStart;
        }
    }

    /// <summary>Whether a first line that hasn't ended is valid so far.</summary>
    /// <param name="looked">Bytes of it that were judged before.</param>
    private static bool MayBeStatusLine(ReadOnlySpan<byte> line, int looked)
    {
        var text = WithoutReturn(line);
        // Of the phrase, the last byte is judged once more: it may have been the CR of a line end.
        return looked <= StatusLine.BytesBeforePhrase
            ? StatusLine.IsValid(text, isWhole: text.Length < line.Length)
            : Tokens.IsFieldValue(text[(looked - 1)..]);
    }

    private static bool IsValid(ReadOnlySpan<byte> line, int before, HttpLimits limits) => before == 0
        ? StatusLine.IsValid(line, isWhole: true)
        : before <= limits.FieldCount && AnswerFieldLines.IsValid(line, isFirst: before == 1);

    private static ReadOnlySpan<byte> WithoutReturn(ReadOnlySpan<byte> line) => line is [.., (byte)'\r'] ? line[..^1] : line;

    private static ResponseHead Read(ReadOnlySpan<byte> input, in Extent extent)
    {
        var section = input[extent.FieldsStart..extent.Length];
        var bytes = new byte[section.Length + DateBytes];
        section.CopyTo(bytes);
        var head = new ResponseHead { Status = StatusLine.StatusOf(input), Version = StatusLine.VersionOf(input) };
        head.Reset(bytes);
        head.Reserve(extent.Lines + 1);
        AnswerFieldLines.Append(bytes.AsSpan(0, section.Length), head);
        return head;
    }

    /// <param name="FieldsStart">Bytes of the status line with its end.</param>
    /// <param name="Length">Bytes of the head.</param>
    /// <param name="Lines">Lines between the status line and the empty one.</param>
    private readonly record struct Extent(int FieldsStart, int Length, int Lines);
}
