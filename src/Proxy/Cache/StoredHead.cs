using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The head that is kept of a response: without what concerns one connection or one client, and with a Date.</summary>
internal static class StoredHead
{
    /// <summary>The part of a head that may be stored (RFC 9111, section 3.1), without fields that <c>private</c> and <c>no-cache</c> name (sections 5.2.2.4
    /// and 5.2.2.7).</summary>
    /// <param name="responseTime">The Date of a response that came without one (RFC 9110, section 6.6.1), in seconds since 1970.</param>
    /// <param name="stripsCookies">Set-Cookie stays with the client it came for.</param>
    public static ResponseHead Of(ResponseHead head, ResponseDirectives directives, long responseTime, bool stripsCookies)
    {
        var stored = new ResponseHead { Status = head.Status, Version = head.Version, Framing = head.Framing, ContentLength = head.ContentLength };
        for (var i = 0; i < head.Fields.Count; i++)
        {
            var name = head.Fields.Name(i);
            if (head.Fields.IsHopByHop(i) || IsOfProxies(name) || Names(directives.PrivateFields, name) || Names(directives.NoCacheFields, name)
                || (stripsCookies && head.Fields.Known(i) == KnownField.SetCookie))
                continue;
            stored.Fields.Add(name, head.Fields.Value(i));
        }

        if (!stored.Fields.Contains(KnownField.Date))
            AddDate(stored, responseTime);
        stored.Fields.Trim();
        return stored;
    }

    /// <summary>A stored head with the fields of a 304, or of an answer to HEAD, in place of its own (RFC 9111, section 3.2).</summary>
    /// <param name="responseTime">The Date of an update that came without one, in seconds since 1970.</param>
    public static ResponseHead Update(ResponseHead stored, ResponseHead update, long responseTime)
    {
        var updated = new ResponseHead
        {
            Status = stored.Status,
            Version = stored.Version,
            Framing = stored.Framing,
            ContentLength = stored.ContentLength,
        };
        for (var i = 0; i < stored.Fields.Count; i++)
        {
            if (!IsReplaced(update.Fields, stored.Fields.Name(i), stored.Fields.Known(i)))
                updated.Fields.Add(stored.Fields.Name(i), stored.Fields.Value(i));
        }

        for (var i = 0; i < update.Fields.Count; i++)
        {
            if (!update.Fields.IsHopByHop(i) && !DescribesBody(update.Fields.Known(i), update.Fields.Name(i)))
                updated.Fields.Add(update.Fields.Name(i), update.Fields.Value(i));
        }

        if (!updated.Fields.Contains(KnownField.Date))
            AddDate(updated, responseTime);
        updated.Fields.Trim();
        return updated;
    }

    private static void AddDate(ResponseHead head, long unixSeconds)
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Write(date, unixSeconds);
        head.Fields.Add("Date"u8, date);
    }

    // Date, Age and the caches on the way are those of the newer answer, even where it doesn't say them.
    private static bool IsReplaced(FieldTable update, ReadOnlySpan<byte> name, KnownField known) =>
        known is KnownField.Age or KnownField.CacheStatus or KnownField.Date || (!DescribesBody(known, name) && update.Find(name) >= 0);

    private static bool DescribesBody(KnownField known, ReadOnlySpan<byte> name) =>
        known is KnownField.ContentLength or KnownField.ContentRange || Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8);

    private static bool IsOfProxies(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "Proxy-Authentication-Info"u8);

    private static bool Names(IReadOnlyList<byte[]> names, ReadOnlySpan<byte> name)
    {
        foreach (var known in names)
        {
            if (Ascii.EqualsIgnoreCase(known, name))
                return true;
        }

        return false;
    }
}
