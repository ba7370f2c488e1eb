using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The head that is kept of a response: without what concerns one connection or one client, and with a Date.</summary>
internal static class StoredHead
{
    /// <summary>The part of a head that may be stored (RFC 9111, section 3.1), without fields that <c>private</c> and <c>no-cache</c> name (sections 5.2.2.4
    /// and 5.2.2.7).</summary>
    /// <param name="responseTime">The Date of a response that came without one (RFC 9110, section 6.6.1), in milliseconds since
    /// 1970.</param>
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

    /// <summary>A stored head with the fields of a 304, or of an answer to HEAD, in place of its own (RFC 9111, section 3.2). The entity
    /// tag and the coding of the body stay, and so do its digests where no strong validator says that both are of the same bytes.</summary>
    /// <param name="responseTime">The Date of an update that came without one, in milliseconds since 1970.</param>
    /// <param name="takesCookies">Cookies that the update sets are among its fields; otherwise they are for its client alone.</param>
    public static ResponseHead Update(ResponseHead stored, ResponseHead update, long responseTime, bool takesCookies)
    {
        var updated = new ResponseHead
        {
            Status = stored.Status,
            Version = stored.Version,
            Framing = stored.Framing,
            ContentLength = stored.ContentLength,
        };
        var keepsDigests = !StrongValidator.AreEqual(stored, update);
        for (var i = 0; i < stored.Fields.Count; i++)
        {
            if ((stored.Fields.Known(i) == KnownField.SetCookie && !takesCookies)
                || !IsReplaced(update.Fields, stored.Fields.Name(i), stored.Fields.Known(i), keepsDigests))
                updated.Fields.Add(stored.Fields.Name(i), stored.Fields.Value(i));
        }

        for (var i = 0; i < update.Fields.Count; i++)
        {
            if (!update.Fields.IsHopByHop(i) && (takesCookies || update.Fields.Known(i) != KnownField.SetCookie)
                && !IsOfStored(update.Fields.Known(i), update.Fields.Name(i), keepsDigests)
                && !(update.Fields.Known(i) == KnownField.Vary && VaryKey.NamesAll(updated.Fields, update.Fields.Value(i))))
                updated.Fields.Add(update.Fields.Name(i), update.Fields.Value(i));
        }

        if (!updated.Fields.Contains(KnownField.Date))
            AddDate(updated, responseTime);
        updated.Fields.Trim();
        return updated;
    }

    private static void AddDate(ResponseHead head, long responseTime)
    {
        Span<byte> date = stackalloc byte[HttpDate.Length];
        HttpDate.Write(date, responseTime / 1000);
        head.Fields.Add("Date"u8, date);
    }

    // Date, Age and the caches on the way are those of the newer answer, even where it doesn't say them. The fields that selected the
    // stored response go on selecting it: an origin that compresses names Accept-Encoding in a 200, and often not in the 304.
    private static bool IsReplaced(FieldTable update, ReadOnlySpan<byte> name, KnownField known, bool keepsDigests) =>
        known is KnownField.Age or KnownField.CacheStatus or KnownField.Date
        || (known != KnownField.Vary && !IsOfStored(known, name, keepsDigests) && update.Find(name) >= 0);

    private static bool IsOfStored(KnownField known, ReadOnlySpan<byte> name, bool keepsDigests) =>
        known is KnownField.ContentLength or KnownField.ContentRange or KnownField.ETag
        || Ascii.EqualsIgnoreCase(name, "Content-Encoding"u8) || (keepsDigests && IsDigest(name));

    /// <summary>Digests of content as it is coded (RFC 9530; RFC 3230; RFC 1864).</summary>
    private static bool IsDigest(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "Content-Digest"u8) || Ascii.EqualsIgnoreCase(name, "Repr-Digest"u8)
        || Ascii.EqualsIgnoreCase(name, "Digest"u8) || Ascii.EqualsIgnoreCase(name, "Content-MD5"u8);

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
