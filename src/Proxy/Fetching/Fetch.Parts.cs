using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

/// <content>Parts: what a 206 brings, or a 200 that breaks off, is kept; what is there already isn't fetched again (RFC 9111, sections 3.3 and 3.4).</content>
internal sealed partial class Fetch
{
    // What the part is of, once the head says that it may be kept; the origin's thread alone.
    private CacheEntry? _part;
    private ByteSpan _partSpan;
    private long _partTotal;

    // The origin's status where it isn't the answer's; 0 otherwise.
    private int _forwardStatus;

    /// <summary>The answer to a request for the rest of a response.</summary>
    private void OnHead(PartialResponse incomplete, ResponseHead head)
    {
        if (head.Status == 206 && head.Fields.TryGet(KnownField.ContentRange, out var value) && ContentRangeField.TryRead(value, out var span, out var total)
            && span.Start == incomplete.PrefixLength && span.End == total && total == incomplete.Total
            && incomplete.IsOf(head))
        {
            var now = _table.Now;
            _forwardStatus = head.Status;
            Begin(PartialHead.ToWhole(StoredHead.Update(incomplete.Whole.Head, head, now, takesCookies: true), total), now, incomplete);
            return;
        }

        // An answer about the rest that doesn't fit is about another response, whoever asked; so is one about the whole that is for all.
        var isOfRest = head.Status is 206 or 304 or 412 or 416;
        if (isOfRest || (head.Status is < 400 or 404 or 410 && !_plan.IsOfOne))
            _table.Cache.Parts.Remove(_plan.Key, incomplete);
        if (isOfRest)
        {
            _table.Repeat(this, TakeWaiters());
            _request.Cancel();
        }
        else
        {
            Begin(head, _table.Now);
        }
    }

    /// <summary>Sees whether the part may be kept that a 206 brings: its whole is one of known length that might be stored. Without a strong validator it
    /// stays alone.</summary>
    private void PreparePart(ResponseHead head, long now)
    {
        if (head.Status != 206 || _plan.Request.Method != KnownMethod.Get || !head.Fields.TryGet(KnownField.ContentRange, out var value)
            || !ContentRangeField.TryRead(value, out _partSpan, out _partTotal) || _partTotal < 0 || _partSpan.Length > _table.ObjectMaximum
            || (head.Framing == BodyFraming.Length && head.ContentLength != _partSpan.Length))
            return;
        var whole = PartialHead.ToWhole(head, _partTotal);
        var decision = _table.Policy.Judge(_plan.Request, whole, _plan.Rule, _requestTime, now);
        if (decision.MayStore)
            _part = MakeEntry(whole, Body.Empty(), decision, now);
    }

    /// <summary>Keeps what has come of a part, or of a 200 that was to be stored and broke off, unless it was changed meanwhile.</summary>
    /// <param name="length">Bytes that have come.</param>
    private void StorePart(Body body, long length)
    {
        if (body.IsWindowed || length == 0)
            return;
        // First: from where there are parts to where they are stored nothing may throw.
        var now = _table.Now;
        PartialResponse parts;
        if (_part is { } whole)
        {
            // A part that isn't as long as its head says is of nobody knows what.
            if (length > _partSpan.Length || (length == body.TotalLength && length < _partSpan.Length))
                return;
            parts = PartialResponse.Of(whole, _partTotal, body, _partSpan with { Length = length });
        }
        else if (_entry is { Response.Status: 200 } entry && body.TotalLength is { } total)
        {
            parts = PartialResponse.Of(entry.With(entry.Head, Body.Empty()), total, body, new ByteSpan(0, length));
        }
        else
        {
            return;
        }

        // As in Store: an invalidation comes either before and is seen, or after and removes what is stored here.
        lock (_gate)
        {
            if (!_invalidated)
            {
                // An answer to If-Range may leave out what its asker knows (RFC 9110, section 15.3.7).
                var updatesOnly = _part is not null && _plan.Request.Fields.Contains(KnownField.IfRange);
                _table.Cache.Parts.Store(_plan.Key, parts, updatesOnly, _table.ObjectMaximum, now);
                return;
            }
        }

        parts.Release();
    }

    /// <summary>An answer that nobody can make sense of is none.</summary>
    private void Refuse()
    {
        var hasClients = Subscribers > 0;
        var isCovered = AnswerStale(OriginFailure.Malformed, forwardStatus: 0);
        const OriginFailure Failure = OriginFailure.Malformed;
        _table.Troubles.Note(Failure, _request.Trouble, OriginTroubles.Outcome(hasBegun: false, isCovered, hasClients, Failure));
        if (!isCovered)
            FailWaiters(Failure);
        _request.Cancel();
    }
}
