using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>A response of which some bytes are stored (RFC 9111, section 3.3): what is known of the whole, and the parts that are there,
/// in order and apart from each other. It never changes; more parts make another one. Counted by its references.</summary>
internal sealed class PartialResponse
{
    // More parts of one response aren't kept, so that each that is added costs little.
    private const int PartsMaximum = 256;

    private readonly (Body Body, ByteSpan Span)[] _parts;
    private ReferenceCount _references = ReferenceCount.One;

    /// <param name="whole">Head and freshness of the whole; its body is empty.</param>
    /// <param name="total">Bytes of the whole.</param>
    /// <param name="parts">Whole bodies, a reference of each of which passes to the response, and where their first byte stands.</param>
    private PartialResponse(CacheEntry whole, long total, params (Body Body, ByteSpan Span)[] parts)
    {
        Whole = whole;
        Total = total;
        _parts = parts;
        Cost = whole.Cost + parts.Sum(part => part.Body.AllocatedBytes + StoredCost.PartBytes);
    }

    public CacheEntry Whole { get; }

    public long Total { get; }

    /// <summary>Bytes from the beginning that are there.</summary>
    public long PrefixLength => _parts[0].Span is { Start: 0, Length: var length } ? length : 0;

    public bool IsComplete => PrefixLength == Total;

    /// <summary>Bytes it is accounted with.</summary>
    public long Cost { get; }

    /// <summary>Keeps a part of a body.</summary>
    /// <param name="source">Holds the part from its beginning on; its reference stays with the caller.</param>
    /// <param name="span">Where the part stands in the whole; not empty.</param>
    public static PartialResponse Of(CacheEntry whole, long total, Body source, ByteSpan span) =>
        new(whole, total, (JoinedBody.Of((source, new ByteSpan(0, span.Length))), span));

    /// <summary>Whether another has parts of the very same bytes (RFC 9111, section 3.4).</summary>
    public bool IsSame(PartialResponse other) => Total == other.Total && Whole.Vary.SameAs(other.Whole.Vary) && IsOf(other.Whole.Head);

    /// <summary>Whether a head is that of the same whole. An origin may give two codings of a content one tag, so that the coding counts
    /// too.</summary>
    public bool IsOf(ResponseHead head) =>
        StrongValidator.AreEqual(Whole.Head, head) && ContentCodings.AreEqual(Whole.Head.Fields, head.Fields);

    /// <summary>Both, with what the more recent says of the whole. Bytes that both have are taken from this one.</summary>
    /// <param name="newer">Of the same bytes; it has one part.</param>
    /// <returns>Null when there would be too many parts.</returns>
    public PartialResponse? With(PartialResponse newer)
    {
        var (body, span) = newer._parts[0];
        var before = _parts.TakeWhile(part => part.Span.End < span.Start).ToArray();
        var after = _parts.SkipWhile(part => part.Span.Start <= span.End).ToArray();
        var met = _parts[before.Length..(_parts.Length - after.Length)];
        if (before.Length + 1 + after.Length > PartsMaximum)
            return null;
        var sources = new List<(Body, ByteSpan)>();
        var position = met.Length == 0 ? span.Start : Math.Min(span.Start, met[0].Span.Start);
        var start = position;
        foreach (var known in met)
        {
            if (known.Span.Start > position)
                sources.Add((body, new ByteSpan(position - span.Start, known.Span.Start - position)));
            sources.Add((known.Body, new ByteSpan(0, known.Span.Length)));
            position = known.Span.End;
        }

        if (span.End > position)
            sources.Add((body, new ByteSpan(position - span.Start, span.End - position)));
        var joined = JoinedBody.Of([.. sources]);
        foreach (var (kept, _) in (ReadOnlySpan<(Body Body, ByteSpan)>)[.. before, .. after])
            kept.TryAcquire();
        return new PartialResponse(WholeOf(newer), Total, [.. before, (joined, new ByteSpan(start, joined.Available)), .. after]);
    }

    /// <summary>What the more recent of both says of the whole.</summary>
    private CacheEntry WholeOf(PartialResponse added)
    {
        if (Whole.IsMoreRecentThan(added.Whole))
            return Whole.With(Whole.Head, Body.Empty());
        var head = StoredHead.Update(Whole.Head, added.Whole.Head, added.Whole.Freshness.ResponseTime, takesCookies: true);
        return added.Whole.With(head, Body.Empty());
    }

    /// <summary>Finds the body that holds a span.</summary>
    /// <param name="offset">Where the span begins in it.</param>
    public Body? Find(ByteSpan span, out long offset)
    {
        foreach (var part in _parts)
        {
            offset = span.Start - part.Span.Start;
            if (offset >= 0 && span.End <= part.Span.End)
                return part.Body;
        }

        offset = 0;
        return null;
    }

    /// <summary>Adds the bytes from the beginning that are there to a body that is to become the whole.</summary>
    public void AddPrefixTo(Body body) => body.AppendShared(_parts[0].Body, new ByteSpan(0, PrefixLength));

    /// <summary>The stored response that it has become; it is complete. The reference of its body passes to the caller.</summary>
    public CacheEntry ToWhole() => Whole.With(Whole.Head, JoinedBody.Of((_parts[0].Body, new ByteSpan(0, Total))));

    /// <summary>Takes a reference; the caller's or the cache's is held meanwhile.</summary>
    public void Acquire() => _references.Add();

    /// <summary>Drops a reference; at the last one the parts are let go of.</summary>
    public void Release()
    {
        if (!_references.Drop())
            return;
        foreach (var (body, _) in _parts)
            body.Release();
    }
}
