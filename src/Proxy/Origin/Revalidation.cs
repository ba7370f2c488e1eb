using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <summary>Stored responses that the origin is asked about (RFC 9111, section 4.3): the stale one that the request selects, or, where it selects none, all
/// variants with an entity tag. It holds a reference of each.</summary>
internal sealed class Revalidation
{
    // Tags of more variants aren't sent, so that the request stays small.
    private const int TagsMaximum = 16;

    private readonly IReadOnlyList<CacheEntry> _candidates;

    /// <param name="selected">Acquired, or null.</param>
    /// <param name="others">Acquired; used where nothing is selected.</param>
    /// <param name="incomplete">Acquired, or null; its beginning is there, and the origin is asked for the rest.</param>
    public Revalidation(CacheEntry? selected, IReadOnlyList<CacheEntry> others, PartialResponse? incomplete = null)
    {
        Selected = selected;
        Incomplete = incomplete;
        _candidates = selected is null ? [.. others.Take(TagsMaximum)] : [selected];
        foreach (var unused in others.Where(other => !_candidates.Contains(other)))
            unused.Response.Release();
    }

    /// <summary>Nothing is asked about.</summary>
    public static Revalidation None { get; } = new(null, []);

    /// <summary>The stored response that answers when the origin fails.</summary>
    public CacheEntry? Selected { get; }

    /// <summary>The stored response that lacks its rest (RFC 9111, section 3.4); there is no other then.</summary>
    public PartialResponse? Incomplete { get; }

    /// <summary>Whether a 304 is an answer to these conditions.</summary>
    public bool IsConditional => _candidates.Any(candidate => candidate.HasValidator);

    /// <summary>Whether all of it is still stored under the key.</summary>
    public bool IsAboutStored(ResponseCache cache, string key) =>
        _candidates.All(candidate => cache.Holds(key, candidate)) && (Incomplete is null || cache.Holds(key, Incomplete));

    /// <summary>Adds what makes the request conditional (section 4.3.1).</summary>
    public void AddConditions(FieldTable fields)
    {
        var tags = new MemoryStream();
        foreach (var candidate in _candidates)
        {
            if (!candidate.Head.Fields.TryGet(KnownField.ETag, out var tag))
                continue;
            if (tags.Length > 0)
                tags.Write(", "u8);
            tags.Write(tag);
        }

        if (tags.Length > 0)
            fields.Add("If-None-Match"u8, tags.ToArray());
        if (Selected is not null && Selected.Head.Fields.TryGet(KnownField.LastModified, out var date))
            fields.Add("If-Modified-Since"u8, date);
        if (Incomplete is not { } incomplete)
            return;
        fields.Add("Range"u8, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"bytes={incomplete.PrefixLength}-")));
        fields.Add("If-Range"u8, StrongValidator.Of(incomplete.Whole.Head));
    }

    /// <summary>The stored response that a 304 confirms (section 4.3.4). Tags are compared weakly, since origins that compress on the fly weaken a tag
    /// in one answer and not in the other.</summary>
    /// <returns>Null when it names none of them.</returns>
    public CacheEntry? Match(ResponseHead notModified)
    {
        var hasTag = notModified.Fields.TryGet(KnownField.ETag, out var tag);
        var hasDate = notModified.Fields.TryGet(KnownField.LastModified, out var date);
        if (!hasTag && !hasDate)
            return _candidates.Count == 1 ? _candidates[0] : null;
        CacheEntry? latest = null;
        foreach (var candidate in _candidates)
        {
            var matches = hasTag && candidate.Head.Fields.TryGet(KnownField.ETag, out var known)
                ? Opaque(known).SequenceEqual(Opaque(tag))
                : hasDate && candidate.Head.Fields.TryGet(KnownField.LastModified, out known) && known.SequenceEqual(date);
            if (matches && (latest is null || candidate.Date > latest.Date))
                latest = candidate;
        }

        return latest;
    }

    public void Release()
    {
        foreach (var candidate in _candidates)
            candidate.Response.Release();
        Incomplete?.Release();
    }

    private static ReadOnlySpan<byte> Opaque(ReadOnlySpan<byte> tag) => tag.StartsWith("W/"u8) ? tag[2..] : tag;
}
