using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The head that is kept of a response: without what concerns one connection or one client, and with a Date.</summary>
internal static class StoredHead
{
    /// <summary>The part of a head that may be stored (RFC 9111, section 3.1), without fields that <c>private</c> and <c>no-cache</c> name
    /// (sections 5.2.2.4 and 5.2.2.7).</summary>
    /// <param name="responseTime">The Date of a response that came without one (RFC 9110, section 6.6.1), in milliseconds since
    /// 1970.</param>
    /// <param name="stripsCookies">Set-Cookie stays with the client it came for.</param>
    /// <param name="keepsLength">Content-Length is kept. Otherwise the body tells its length, and a writer takes it from there.</param>
    public static ResponseHead Of(
        ResponseHead head, ResponseDirectives directives, long responseTime, bool stripsCookies, bool keepsLength)
    {
        var fields = head.Fields;
        var stored = head.Copy(i => !fields.IsHopByHop(i) && !IsOfProxies(fields.Name(i))
            && !Names(directives.PrivateFields, fields.Name(i)) && !Names(directives.NoCacheFields, fields.Name(i))
            && !(stripsCookies && fields.Known(i) == KnownField.SetCookie)
            && (keepsLength || fields.Known(i) != KnownField.ContentLength));
        Complete(stored, responseTime);
        return stored;
    }

    /// <summary>A stored head with the fields of a 304, or of an answer to HEAD, in place of its own (RFC 9111, section 3.2). The entity
    /// tag and the coding of the body stay, and so do its digests where no strong validator says that both are of the same bytes.</summary>
    /// <param name="responseTime">The Date of an update that came without one, in milliseconds since 1970.</param>
    /// <param name="takesCookies">Cookies that the update sets are among its fields; otherwise they are for its client alone.</param>
    public static ResponseHead Update(ResponseHead stored, ResponseHead update, long responseTime, bool takesCookies)
    {
        var (before, fields) = (stored.Fields, update.Fields);
        var keepsDigests = !StrongValidator.AreEqual(stored, update);
        var updated = stored.Copy(i => (before.Known(i) == KnownField.SetCookie && !takesCookies)
            || !IsReplaced(fields, before.Name(i), before.Known(i), keepsDigests));
        updated.Fields.AddFrom(fields, i => !fields.IsHopByHop(i) && (takesCookies || fields.Known(i) != KnownField.SetCookie)
            && !IsOfStored(fields.Known(i), fields.Name(i), keepsDigests)
            && !(fields.Known(i) == KnownField.Vary && VaryKey.NamesAll(updated.Fields, fields.Value(i))));
        Complete(updated, responseTime);
        return updated;
    }

    /// <summary>Adds the Date that is missing.</summary>
    private static void Complete(ResponseHead head, long responseTime)
    {
        if (head.Fields.Contains(KnownField.Date))
            return;
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
