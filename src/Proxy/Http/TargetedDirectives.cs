using System.Diagnostics.CodeAnalysis;
using System.Text;
using TlsProxy.Proxy.Http.StructuredFields;

namespace TlsProxy.Proxy.Http;

/// <summary>CDN-Cache-Control, which goes before Cache-Control and Expires in a cache like this one (RFC 9213).</summary>
internal static class TargetedDirectives
{
    /// <summary>Reads the field.</summary>
    /// <returns>False when it is absent, empty or invalid anywhere: it is ignored as a whole then (section 2.1).</returns>
    public static bool TryRead(FieldTable fields, [NotNullWhen(true)] out ResponseDirectives? directives)
    {
        directives = null;
        if (!fields.Contains(KnownField.CdnCacheControl)
            || StructuredDictionary.Parse(Combine(fields)) is not { Count: > 0 } members)
            return false;
        var read = ResponseDirectives.Targeted();
        foreach (var (name, value) in members)
        {
            if (!TryApply(read, Encoding.ASCII.GetBytes(name), value))
                return false;
        }

        directives = read;
        return true;
    }

    /// <summary>Takes a directive whose value has the type that its argument has in Cache-Control (section 2.1).</summary>
    private static bool TryApply(ResponseDirectives directives, ReadOnlySpan<byte> name, in StructuredValue value)
    {
        if (TakesSeconds(name))
        {
            if (value.Kind != StructuredKind.Integer || value.Number < 0)
                return false;
            var seconds = value.Number.ToString(System.Globalization.CultureInfo.InvariantCulture);
            directives.Apply(name, hasArgument: true, Encoding.ASCII.GetBytes(seconds));
            return true;
        }

        if (TakesNames(name) && value.Kind == StructuredKind.String)
        {
            directives.Apply(name, hasArgument: true, value.Text.Span);
            return true;
        }

        if (!TakesNames(name) && !TakesNothing(name))
            return true;
        if (value.Kind != StructuredKind.Boolean)
            return false;
        if (value.IsTrue)
            directives.Apply(name, hasArgument: false, default);
        return true;
    }

    private static bool TakesSeconds(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("max-age"u8) || name.SequenceEqual("s-maxage"u8) || name.SequenceEqual("stale-while-revalidate"u8)
        || name.SequenceEqual("stale-if-error"u8);

    private static bool TakesNames(ReadOnlySpan<byte> name) => name.SequenceEqual("no-cache"u8) || name.SequenceEqual("private"u8);

    private static bool TakesNothing(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("no-store"u8) || name.SequenceEqual("public"u8) || name.SequenceEqual("must-understand"u8)
        || name.SequenceEqual("must-revalidate"u8) || name.SequenceEqual("proxy-revalidate"u8) || name.SequenceEqual("immutable"u8)
        || name.SequenceEqual("no-transform"u8);

    private static byte[] Combine(FieldTable fields)
    {
        var combined = new MemoryStream();
        for (var i = fields.Find(KnownField.CdnCacheControl); i >= 0; i = fields.Find(KnownField.CdnCacheControl, i + 1))
        {
            if (combined.Length > 0)
                combined.Write(", "u8);
            combined.Write(fields.Value(i));
        }

        return combined.ToArray();
    }
}
