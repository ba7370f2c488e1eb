using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>A client's conditions, applied to a stored response (RFC 9110, section 13).</summary>
internal static class Conditions
{
    /// <summary>Whether the client has the response already. If-None-Match goes before If-Modified-Since.</summary>
    public static bool IsNotModified(RequestHead request, ResponseHead stored)
    {
        if (stored.Status != 200)
            return false;
        var index = request.Fields.Find(KnownField.IfNoneMatch);
        if (index >= 0)
            return MatchesTag(request.Fields, index, stored.Fields);
        return request.Fields.TryGet(KnownField.IfModifiedSince, out var since) && HttpDate.TryParse(since, out var sinceSeconds)
            && stored.Fields.TryGet(KnownField.LastModified, out var modified) && HttpDate.TryParse(modified, out var modifiedSeconds)
            && modifiedSeconds <= sinceSeconds;
    }

    /// <summary>Whether If-Range, where it is there, names this very response (RFC 9110, section 13.1.5): the comparison is strong.</summary>
    public static bool AllowsRange(RequestHead request, ResponseHead stored)
    {
        if (!request.Fields.TryGet(KnownField.IfRange, out var condition))
            return true;
        var field = condition is [(byte)'"', ..] ? KnownField.ETag : KnownField.LastModified;
        return !condition.StartsWith("W/"u8) && stored.Fields.TryGet(field, out var value) && value.SequenceEqual(condition);
    }

    private static bool MatchesTag(FieldTable request, int index, FieldTable stored)
    {
        var hasTag = stored.TryGet(KnownField.ETag, out var tag);
        for (var i = index; i >= 0; i = request.Find(KnownField.IfNoneMatch, i + 1))
        {
            var list = request.Value(i);
            while (Tokens.TryNext(ref list, out var member))
            {
                if (member is [(byte)'*'] || (hasTag && Opaque(member).SequenceEqual(Opaque(tag))))
                    return true;
            }
        }

        return false;
    }

    /// <summary>The weak comparison looks at the opaque part only (RFC 9110, section 8.8.3.2).</summary>
    private static ReadOnlySpan<byte> Opaque(ReadOnlySpan<byte> tag) => tag.StartsWith("W/"u8) ? tag[2..] : tag;
}
