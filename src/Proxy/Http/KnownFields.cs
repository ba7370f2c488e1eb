using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Field names by their length and last byte, so that few comparisons find one: many of one length begin alike.</summary>
internal static class KnownFields
{
    private static readonly (KnownField Field, string Name)[] Names =
    [
        (KnownField.Age, "Age"), (KnownField.Authorization, "Authorization"), (KnownField.CacheControl, "Cache-Control"),
        (KnownField.CacheStatus, "Cache-Status"), (KnownField.CdnCacheControl, "CDN-Cache-Control"),
        (KnownField.Connection, "Connection"), (KnownField.ContentLength, "Content-Length"),
        (KnownField.ContentLocation, "Content-Location"), (KnownField.ContentRange, "Content-Range"),
        (KnownField.ContentType, "Content-Type"), (KnownField.Cookie, "Cookie"), (KnownField.Date, "Date"), (KnownField.ETag, "ETag"),
        (KnownField.Expect, "Expect"), (KnownField.Expires, "Expires"), (KnownField.Host, "Host"),
        (KnownField.Http2Settings, "HTTP2-Settings"), (KnownField.IfMatch, "If-Match"),
        (KnownField.IfModifiedSince, "If-Modified-Since"), (KnownField.IfNoneMatch, "If-None-Match"), (KnownField.IfRange, "If-Range"),
        (KnownField.IfUnmodifiedSince, "If-Unmodified-Since"), (KnownField.KeepAlive, "Keep-Alive"),
        (KnownField.LastModified, "Last-Modified"), (KnownField.Location, "Location"), (KnownField.MaxForwards, "Max-Forwards"),
        (KnownField.Pragma, "Pragma"),
        (KnownField.ProxyAuthenticate, "Proxy-Authenticate"), (KnownField.ProxyAuthorization, "Proxy-Authorization"),
        (KnownField.ProxyConnection, "Proxy-Connection"), (KnownField.Range, "Range"), (KnownField.SetCookie, "Set-Cookie"),
        (KnownField.SecWebSocketAccept, "Sec-WebSocket-Accept"), (KnownField.SecWebSocketKey, "Sec-WebSocket-Key"),
        (KnownField.SecWebSocketVersion, "Sec-WebSocket-Version"),
        (KnownField.Te, "TE"), (KnownField.Trailer, "Trailer"), (KnownField.TransferEncoding, "Transfer-Encoding"),
        (KnownField.Upgrade, "Upgrade"), (KnownField.Vary, "Vary"), (KnownField.Via, "Via"),
        (KnownField.XForwardedFor, "X-Forwarded-For"), (KnownField.XForwardedHost, "X-Forwarded-Host"),
        (KnownField.XForwardedProto, "X-Forwarded-Proto"), (KnownField.XRealIp, "X-Real-IP"),
        .. ProvenanceFields.Names.Select(name => (KnownField.Provenance, name)),
        .. ProvenanceFields.MethodOverrides.Select(name => (KnownField.MethodOverride, name)),
    ];

    // The five bits of a last byte that are the same for both cases of a letter.
    private const int LastBits = 5;

    private static readonly int LengthMaximum = Names.Max(known => known.Name.Length);

    private static readonly (KnownField Field, byte[] Name)[][] ByShape = BuildByShape();

    /// <summary>Which field a name stands for, whatever its case.</summary>
    public static KnownField Of(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.Length > LengthMaximum)
            return KnownField.None;
        foreach (var (field, known) in ByShape[ShapeOf(name)])
        {
            if (Ascii.EqualsIgnoreCase(name, known))
                return field;
        }

        return KnownField.None;
    }

    /// <summary>Whether a field concerns one connection only and isn't forwarded (RFC 9110, section 7.6.1).</summary>
    public static bool IsHopByHop(KnownField field) => field is KnownField.Connection or KnownField.Http2Settings or KnownField.KeepAlive
        or KnownField.ProxyAuthenticate or KnownField.ProxyAuthorization or KnownField.ProxyConnection
        or KnownField.Te or KnownField.Trailer or KnownField.TransferEncoding or KnownField.Upgrade;

    /// <summary>Whether a field is meant for all recipients, so that no Connection may name it (RFC 9110, section 7.6.1):
    /// those the proxy knows and doesn't count as hop-by-hop, and those that describe the content.</summary>
    public static bool IsEndToEnd(ReadOnlySpan<byte> name)
    {
        var known = Of(name);
        return known == KnownField.None ? name.Length > 8 && Ascii.EqualsIgnoreCase(name[..8], "Content-"u8) : !IsHopByHop(known);
    }

    /// <summary>Whether a field describes the content of its message, which a 304 doesn't have (RFC 9110, section 15.4.5).</summary>
    /// <param name="known">The field that the name stands for.</param>
    public static bool DescribesContent(KnownField known, ReadOnlySpan<byte> name) =>
        known is KnownField.ContentLength or KnownField.ContentRange or KnownField.ContentType
        || (known == KnownField.None
            && (Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8) || Ascii.EqualsIgnoreCase(name, "Content-Language"u8)));

    private static int ShapeOf(ReadOnlySpan<byte> name) => (name.Length << LastBits) | (name[^1] & ((1 << LastBits) - 1));

    private static (KnownField Field, byte[] Name)[][] BuildByShape()
    {
        var shapes = Names
            .Select(known => (known.Field, Name: Encoding.ASCII.GetBytes(known.Name)))
            .ToLookup(known => ShapeOf(known.Name));
        return [.. Enumerable.Range(0, (LengthMaximum + 1) << LastBits).Select(shape => shapes[shape].ToArray())];
    }
}
