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
        head = null;
        consumed = 0;
        var status = FindEnd(input, limits, out var extent);
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
    private static ParseStatus FindEnd(ReadOnlySpan<byte> input, HttpLimits limits, out Extent extent)
    {
        extent = default;
        var fieldsStart = 0;
        var position = 0;
        for (var lines = 0; ; lines++)
        {
            var rest = input[position..];
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            // The line end, or one that has yet to come, is a byte more.
            if (position + line.Length >= limits.HeadBytes)
                return ParseStatus.Refused;
            var hasReturn = line is [.., (byte)'\r'];
            if (hasReturn)
                line = line[..^1];
            if (lines == 0 && !StatusLine.IsValid(line, isWhole: hasReturn || end >= 0))
                return ParseStatus.Refused;
            if (end < 0)
                return ParseStatus.NeedMore;
            position += end + 1;
            if (lines == 0)
            {
                fieldsStart = position;
                continue;
            }

            if (line.IsEmpty)
            {
                extent = new Extent(fieldsStart, position, lines - 1);
                return ParseStatus.Complete;
            }

            if (lines > limits.FieldCount || !AnswerFieldLines.IsValid(line, isFirst: lines == 1))
                return ParseStatus.Refused;
        }
    }

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
