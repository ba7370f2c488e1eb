using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Keeps what a 206 brings, or a 200 that breaks off (RFC 9111, sections 3.3 and 3.4); on the origin's thread.</summary>
internal sealed class PartKeeping(AnswerContext context)
{
    /// <summary>Sees whether the part may be kept that a 206 brings: its whole is one of known length that might be stored. Without a
    /// strong validator it stays alone.</summary>
    /// <returns>The part; null where none is kept.</returns>
    public ArrivingPart? Find(Fetch fetch, ResponseHead head, long now)
    {
        var (plan, services) = (fetch.Plan, context.Services);
        if (head.Status != 206 || plan.Request.Method != KnownMethod.Get || !head.Fields.TryGet(KnownField.ContentRange, out var value)
            || !ContentRangeField.TryRead(value, out var span, out var total) || total < 0 || span.Length > services.ObjectMaximum
            || (head.Framing == BodyFraming.Length && head.ContentLength != span.Length))
            return null;
        var whole = PartialHead.ToWhole(head, total);
        var decision = services.Policy.Judge(plan.Request, whole, plan.Rule, fetch.Times.AskedAt, now);
        if (!decision.MayStore)
            return null;
        var entry = CacheEntry.Create(plan.Request, whole, Body.Empty(), decision, now, fetch.Times.Order);
        return new ArrivingPart(entry, span, total);
    }

    /// <summary>Keeps what has come of a part, or of a 200 that was to be stored and broke off, unless it was changed meanwhile.</summary>
    /// <param name="part">What a 206 brings; null for none.</param>
    /// <param name="length">Bytes that have come.</param>
    public void Store(Fetch fetch, ArrivingPart? part, Body body, long length)
    {
        if (body.IsWindowed || length == 0)
            return;
        // The clock is read first: parts hold references, so nothing may throw between making and storing them.
        var (services, now) = (context.Services, context.Services.Now);
        if (MakeParts(fetch, part, body, length) is not { } parts)
            return;
        // An answer to If-Range may leave out what its asker knows (RFC 9110, section 15.3.7).
        var updatesOnly = part is not null && fetch.Plan.Request.Fields.Contains(KnownField.IfRange);
        if (!services.Cache.Parts.Store(fetch.Plan.Key, parts, updatesOnly, services.ObjectMaximum, fetch.Permit, now))
            parts.Release();
    }

    private static PartialResponse? MakeParts(Fetch fetch, ArrivingPart? part, Body body, long length)
    {
        if (part is not null)
        {
            // Where the length contradicts Content-Range, the place of the bytes is unknown.
            return length > part.Span.Length || (length == body.TotalLength && length < part.Span.Length)
                ? null : PartialResponse.Of(part.Whole, part.Total, body, part.Span with { Length = length });
        }

        return fetch.Entry is { Response.Status: 200 } entry && body.TotalLength is { } total
            ? PartialResponse.Of(entry.With(entry.Head, Body.Empty()), total, body, new ByteSpan(0, length)) : null;
    }
}
