namespace TlsProxy.Proxy.Http;

/// <summary>Request heads, read strictly (RFC 9112, sections 2 to 6): what another parser could read differently is refused.</summary>
internal static class RequestParser
{
    // A server ought to skip an empty line before the request line (RFC 9112, section 2.2); some clients send one after each body.
    private const int EmptyLinesMaximum = 4;

    /// <summary>Reads one head from the start of <paramref name="input"/>.</summary>
    /// <param name="head">Filled when the result is <see cref="ParseStatus.Complete"/>.</param>
    /// <param name="consumed">Bytes of the head with what preceded it; 0 unless complete.</param>
    /// <param name="refusal">Why, when the result is <see cref="ParseStatus.Refused"/>.</param>
    public static ParseStatus Parse(ReadOnlySpan<byte> input, HttpLimits limits, RequestHead head, out int consumed, out Refusal refusal)
    {
        consumed = 0;
        var start = 0;
        while (start < 2 * EmptyLinesMaximum && input[start..].StartsWith("\r\n"u8))
            start += 2;
        var rest = input[start..];
        head.Method = KnownMethod.Other;
        refusal = FindEnd(rest, limits, out var length);
        if (refusal == Refusal.None)
            refusal = length == 0 ? ParseLineOf(rest, limits, head) : ParseWhole(rest[..length], limits, head);
        if (refusal != Refusal.None)
        {
            // Whoever sent HEAD takes no content, whatever else was wrong.
            head.Method = rest.StartsWith("HEAD "u8) ? KnownMethod.Head : KnownMethod.Other;
            return ParseStatus.Refused;
        }

        if (length == 0)
            return ParseStatus.NeedMore;
        consumed = start + length;
        return ParseStatus.Complete;
    }

    /// <summary>Whether the input is nothing but what may precede a request.</summary>
    public static bool IsEmptyLines(ReadOnlySpan<byte> input) => !input.ContainsAnyExcept("\r\n"u8);

    private static Refusal ParseWhole(ReadOnlySpan<byte> bytes, HttpLimits limits, RequestHead head)
    {
        head.Load(bytes);
        var refusal = ParseLines(bytes, limits, head);
        return refusal == Refusal.None ? RequestRules.Apply(head) : refusal;
    }

    /// <summary>Judges a request line whose fields haven't come: HTTP/0.9 and the preface of HTTP/2 aren't waited upon.</summary>
    private static Refusal ParseLineOf(ReadOnlySpan<byte> bytes, HttpLimits limits, RequestHead head)
    {
        var end = bytes.IndexOf("\r\n"u8);
        if (end < 0)
            return Refusal.None;
        head.Load(bytes[..(end + 2)]);
        return RequestLine.Parse(bytes[..end], limits, head);
    }

    /// <summary>Finds the empty line that ends the head, and refuses what no further byte can mend.</summary>
    /// <param name="length">Bytes up to and with the empty line, or 0 when it isn't there yet.</param>
    private static Refusal FindEnd(ReadOnlySpan<byte> input, HttpLimits limits, out int length)
    {
        length = 0;
        var position = 0;
        var lines = 0;
        while (true)
        {
            var rest = input[position..];
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            if (lines == 0 && (line.Length > limits.LineBytes))
                return Refusal.LineTooLong;
            if (position + line.Length > limits.HeadBytes)
                return Refusal.HeadTooLarge;
            var carriage = line.IndexOf((byte)'\r');
            if (carriage >= 0 && carriage != line.Length - 1)
                return Refusal.BareCarriageReturn;
            if (lines == 0 && CheckStart(line, limits) is var start and not Refusal.None)
                return start;
            if (end < 0)
                return Refusal.None;
            if (carriage < 0)
                return Refusal.BareLineFeed;
            if (lines > 0 && line.Length == 1)
            {
                length = position + 2;
                return Refusal.None;
            }

            if (lines > limits.FieldCount)
                return Refusal.TooManyFields;
            lines++;
            position += end + 1;
        }
    }

    /// <summary>Refuses the beginning of a request line that is none, so that garbage isn't waited upon.</summary>
    private static Refusal CheckStart(ReadOnlySpan<byte> line, HttpLimits limits)
    {
        var space = line.IndexOf((byte)' ');
        var method = (space < 0 ? line : line[..space]).TrimEnd((byte)'\r');
        if (method.Length > limits.MethodBytes)
            return Tokens.IsToken(method[..limits.MethodBytes]) ? Refusal.MethodNotImplemented : Refusal.BadMethod;
        return method.IsEmpty && space < 0 ? Refusal.None : Tokens.IsToken(method) ? Refusal.None : Refusal.BadMethod;
    }

    private static Refusal ParseLines(ReadOnlySpan<byte> bytes, HttpLimits limits, RequestHead head)
    {
        var end = bytes.IndexOf("\r\n"u8);
        var refusal = RequestLine.Parse(bytes[..end], limits, head);
        var position = end + 2;
        while (refusal == Refusal.None)
        {
            end = bytes[position..].IndexOf("\r\n"u8);
            if (end == 0)
                return Refusal.None;
            refusal = FieldLines.Append(bytes.Slice(position, end), position, head.Fields);
            position += end + 2;
        }

        return refusal;
    }
}
