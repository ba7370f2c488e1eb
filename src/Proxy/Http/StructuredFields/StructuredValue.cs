namespace TlsProxy.Proxy.Http.StructuredFields;

/// <summary>A value of a structured field, without its parameters.</summary>
/// <param name="Number">An integer, a date in seconds since 1970, a decimal in thousandths, or 0 and 1 for a boolean.</param>
/// <param name="Text">The bytes of a string (unescaped), token, byte sequence (decoded) or display string (UTF-8); empty otherwise.</param>
internal readonly record struct StructuredValue(StructuredKind Kind, long Number, ReadOnlyMemory<byte> Text)
{
    public static StructuredValue True => new(StructuredKind.Boolean, 1, default);

    public bool IsTrue => Kind == StructuredKind.Boolean && Number == 1;
}
