using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>A client's conditions, applied to a stored response (RFC 9110, section 13).</summary>
internal static class Conditions
{
    /// <summary>Whether a request names the state that it is for: by If-Match or If-Unmodified-Since.</summary>
    public static bool NameState(RequestHead request) =>
        request.Fields.Contains(KnownField.IfMatch) || request.Fields.Contains(KnownField.IfUnmodifiedSince);

    /// <summary>Whether a response meets If-Match, or If-Unmodified-Since where that is absent (RFC 9110, section 13.2.2); otherwise the
    /// client gets a 412. Conditions don't count for errors and redirects, nor a time where that of the last change isn't known (sections
    /// 13.2.1 and 13.1.4).</summary>
    public static bool AreMet(RequestHead request, ResponseHead stored)
    {
        if (stored.Status is not (>= 200 and < 300))
            return true;
        if (request.Fields.Contains(KnownField.IfMatch))
            return MatchesTag(request.Fields, KnownField.IfMatch, stored.Fields, strongly: true);
        return !request.Fields.TryGet(KnownField.IfUnmodifiedSince, out var since) || !HttpDate.TryParse(since, out var sinceSeconds)
            || !TryDate(stored, KnownField.LastModified, out var modified) || modified <= sinceSeconds;
    }

    /// <summary>Whether the client has the response already. If-None-Match goes before If-Modified-Since, which is compared with the time
    /// of the answer where that of the last change isn't known (RFC 9111, section 4.3.2).</summary>
    public static bool IsNotModified(RequestHead request, ResponseHead stored)
    {
        if (stored.Status != 200)
            return false;
        if (request.Fields.Contains(KnownField.IfNoneMatch))
            return MatchesTag(request.Fields, KnownField.IfNoneMatch, stored.Fields, strongly: false);
        return request.Fields.TryGet(KnownField.IfModifiedSince, out var since) && !request.Fields.IsRepeated(KnownField.IfModifiedSince)
            && HttpDate.TryParse(since, out var sinceSeconds)
            && TryDate(
                stored,
                stored.Fields.Contains(KnownField.LastModified) ? KnownField.LastModified : KnownField.Date,
                out var modified)
            && modified <= sinceSeconds;
    }

    /// <summary>Whether If-Range, where it is there, names this very response (RFC 9110, section 13.1.5). Both comparisons are strong:
    /// a weak tag never matches, nor does the time of a change within the second of the answer (section 8.8.2.2).</summary>
    public static bool AllowsRange(RequestHead request, ResponseHead stored)
    {
        if (!request.Fields.TryGet(KnownField.IfRange, out var condition))
            return true;
        if (request.Fields.IsRepeated(KnownField.IfRange))
            return false;
        if (condition is [(byte)'"', ..])
            return stored.Fields.TryGet(KnownField.ETag, out var tag) && EntityTags.StronglyEqual(condition, tag);
        return HttpDate.TryParse(condition, out var since)
            && TryDate(stored, KnownField.LastModified, out var modified) && modified == since
            && TryDate(stored, KnownField.Date, out var answered) && modified < answered;
    }

    private static bool TryDate(ResponseHead stored, KnownField field, out long seconds)
    {
        seconds = 0;
        return stored.Fields.TryGet(field, out var value) && HttpDate.TryParse(value, out seconds);
    }

    private static bool MatchesTag(FieldTable request, KnownField condition, FieldTable stored, bool strongly)
    {
        var hasTag = stored.TryGet(KnownField.ETag, out var tag);
        for (var i = request.Find(condition); i >= 0; i = request.Find(condition, i + 1))
        {
            var list = request.Value(i);
            // An asterisk stands alone: it means any representation there is.
            if (list is [(byte)'*'])
                return true;
            while (EntityTags.TryNext(ref list, out var member))
            {
                if (hasTag && (strongly ? EntityTags.StronglyEqual(member, tag) : EntityTags.WeaklyEqual(member, tag)))
                    return true;
            }
        }

        return false;
    }
}
