namespace TlsProxy.Proxy.Http;

/// <summary>Field lines of a request's head or of a trailer section, read by the letter of the grammar (RFC 9112, section 5). Lines of
/// answers pass <see cref="AnswerFieldLines"/> first.</summary>
internal static class FieldLines
{
    /// <summary>Reads a line without its CRLF, and appends it.</summary>
    /// <param name="line">One byte at least.</param>
    /// <param name="position">Where the line begins in the buffer of the table.</param>
    public static Refusal Append(ReadOnlySpan<byte> line, int position, FieldTable fields)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
            return Refusal.FoldedField;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0)
            return Refusal.BadFieldName;
        var name = line[..colon];
        if (name[^1] is (byte)' ' or (byte)'\t')
            return Refusal.SpaceBeforeColon;
        if (!Tokens.IsToken(name))
            return Refusal.BadFieldName;
        // Of what is trimmed, none is a control byte.
        if (!Tokens.IsFieldValue(line[(colon + 1)..]))
            return Refusal.ControlByte;
        Append(line, position, colon, colon, fields);
        return Refusal.None;
    }

    /// <summary>Appends a line that has been judged.</summary>
    /// <param name="nameLength">Bytes of the name, which may be fewer than stand before <paramref name="colon"/>.</param>
    public static void Append(ReadOnlySpan<byte> line, int position, int nameLength, int colon, FieldTable fields)
    {
        var raw = line[(colon + 1)..];
        var value = Tokens.Trim(raw);
        var leading = value.IsEmpty ? 0 : raw.Length - raw.TrimStart(" \t"u8).Length;
        var valueStart = position + colon + 1 + leading;
        fields.Append(new FieldLine(position, nameLength, valueStart, value.Length, KnownFields.Of(line[..nameLength])));
    }
}
