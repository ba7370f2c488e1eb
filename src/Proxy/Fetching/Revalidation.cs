using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The stored response that the origin is asked about (RFC 9111, section 4.3): a stale one that the request selects, or one whose
/// rest is missing. It holds a reference. The tags of other variants are never sent, for an origin that compresses answers the tag of one
/// coding with a 304 that another may use.</summary>
internal sealed class Revalidation
{
    /// <param name="selected">Acquired, or null.</param>
    /// <param name="incomplete">Acquired, or null; its beginning is there, and the origin is asked for the rest.</param>
    public Revalidation(CacheEntry? selected, PartialResponse? incomplete = null)
    {
        Selected = selected;
        Incomplete = incomplete;
    }

    /// <summary>The origin is asked about nothing.</summary>
    public static Revalidation None { get; } = new(null);

    /// <summary>The stored response that a 304 confirms, and that answers when the origin fails.</summary>
    public CacheEntry? Selected { get; }

    /// <summary>The stored response that lacks its rest (RFC 9111, section 3.4); there is no other then.</summary>
    public PartialResponse? Incomplete { get; }

    /// <summary>Whether a 304 is an answer to these conditions.</summary>
    public bool IsConditional => Selected is { HasValidator: true };

    /// <summary>Whether it is still stored under the key.</summary>
    public bool IsAboutStored(ResponseCache cache, string key) =>
        (Selected is null || cache.Holds(key, Selected)) && (Incomplete is null || cache.Parts.Holds(key, Incomplete));

    /// <summary>Adds what makes the request conditional (section 4.3.1).</summary>
    public void AddConditions(FieldTable fields)
    {
        if (Selected is not null && Selected.Head.Fields.TryGet(KnownField.ETag, out var tag))
            fields.Add("If-None-Match"u8, tag);
        if (Selected is not null && Selected.Head.Fields.TryGet(KnownField.LastModified, out var date))
            fields.Add("If-Modified-Since"u8, date);
        if (Incomplete is not { } incomplete)
            return;
        fields.Add("Range"u8, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bytes={incomplete.PrefixLength}-")));
        fields.Add("If-Range"u8, StrongValidator.Of(incomplete.Whole.Head));
    }

    /// <summary>Whether a 304 confirms the stored response (section 4.3.4). Tags are compared weakly: the origin was asked about one
    /// response only, and origins that compress on the fly weaken a tag in one answer and not in the other.</summary>
    public bool IsConfirmedBy(ResponseHead notModified)
    {
        if (Selected is not { } selected)
            return false;
        var hasTag = notModified.Fields.TryGet(KnownField.ETag, out var tag);
        if (hasTag && selected.Head.Fields.TryGet(KnownField.ETag, out var known))
            return EntityTags.WeaklyEqual(known, tag);
        // A strong tag that wasn't asked about is that of another representation, whatever the dates say.
        if (hasTag && !EntityTags.IsWeak(tag))
            return false;
        if (notModified.Fields.TryGet(KnownField.LastModified, out var date))
            return selected.Head.Fields.TryGet(KnownField.LastModified, out known) && known.SequenceEqual(date);
        return !hasTag;
    }

    public void Release()
    {
        Selected?.Response.Release();
        Incomplete?.Release();
    }
}
