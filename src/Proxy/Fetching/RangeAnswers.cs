using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Ranges: answered from stored parts, or asked of the origin as they are.</summary>
internal sealed class RangeAnswers(FetchServices services)
{
    /// <summary>Answers a range that lies within a stored part (RFC 9111, section 3.3), unless the request has other conditions, which are
    /// for a whole.</summary>
    public bool TryAnswer(FetchTicket ticket, FetchPlan plan)
    {
        if (ticket.Request.Method != KnownMethod.Get || services.Cache.Parts.Acquire(plan.Key) is not { } parts)
            return false;
        var answered = false;
        if (parts.Whole.Serves(ticket.Request))
        {
            ticket.Reuse = CacheReason.PartlyStored;
            answered = HasOnlyRange(ticket.Request) && Conditions.AllowsRange(ticket.Request, parts.Whole.Head)
                && TryAnswerFrom(parts, ticket);
        }

        parts.Release();
        return answered;
    }

    /// <summary>Whether a range goes to the origin as it is: where a rule says so, and where the whole is known to be too large to be
    /// stored.</summary>
    public bool Passes(FetchTicket ticket, FetchPlan plan)
    {
        if (ticket.Request.Method != KnownMethod.Get || ticket.Stale is not null || !ticket.Request.Fields.Contains(KnownField.Range))
            return false;
        if (plan.Rule is { PassesRanges: true })
            return true;
        if (services.Cache.Parts.Acquire(plan.Key) is not { } parts)
            return false;
        parts.Release();
        return parts.Total > services.ObjectMaximum;
    }

    /// <summary>The stored parts that a request for the whole selects, if the whole may be stored and its beginning is there.</summary>
    public PartialResponse? AcquireBeginning(RequestHead request, string key)
    {
        if (services.Cache.Parts.Acquire(key) is not { } parts)
            return null;
        if (parts.PrefixLength > 0 && !StrongValidator.Of(parts.Whole.Head).IsEmpty && parts.Total <= services.ObjectMaximum
            && parts.Whole.Serves(request))
            return parts;
        parts.Release();
        return null;
    }

    private bool TryAnswerFrom(PartialResponse parts, FetchTicket ticket)
    {
        var now = services.Now;
        var reason = ReusePolicy.Judge(parts.Whole.Freshness, ticket.Directives, now);
        if (reason != CacheReason.Fresh || !TryRange(ticket.Request, parts.Total, out var range)
            || parts.Find(range, out var offset) is not { } body)
            return false;
        ticket.Found = new FoundPart(new ResponsePart(206, offset, range.Length));
        return ticket.TryAnswer(
            PartialHead.ToResponse(parts.Whole.Head, range, parts.Total, body), CacheNote.Reused(reason, parts.Whole.Freshness, now));
    }

    private static bool HasOnlyRange(RequestHead request) =>
        request.Fields.Contains(KnownField.Range) && !request.Fields.IsRepeated(KnownField.Range) && !Conditions.NameState(request)
        && !request.Fields.Contains(KnownField.IfNoneMatch) && !request.Fields.Contains(KnownField.IfModifiedSince);

    /// <summary>The one part that a Range field selects.</summary>
    private static bool TryRange(RequestHead request, long total, out ByteSpan range)
    {
        range = default;
        Span<ByteRange> ranges = stackalloc ByteRange[RangeField.RangesMaximum];
        Span<ByteSpan> parts = stackalloc ByteSpan[RangeField.RangesMaximum];
        if (!request.Fields.TryGet(KnownField.Range, out var value))
            return false;
        ranges = ranges[..RangeField.Read(value, ranges)];
        if (ranges.IsEmpty || RangeField.Select(ranges, total, parts) != 1)
            return false;
        range = parts[0];
        return true;
    }
}
