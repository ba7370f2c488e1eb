using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <content>What the head of the answer means for those who wait, and for the cache.</content>
internal sealed partial class Fetch
{
    private const string Ending = "the end of a fetch";

    // Those taken out of the waiting who are being answered or sent to other fetches; the thread of the answer alone.
    private FetchTicket[] _owed = [];
    private int _released;

    public void OnHead(ResponseHead head)
    {
        Decide(head);
        _owed = [];
    }

    private void Decide(ResponseHead head)
    {
        _came = _table.NextMoment();
        _table.Redirects?.Rewrite(head.Fields, _plan.Request, _request.Fields);
        _plan.Rule?.ResponseFields?.ApplyTo(head.Fields);
        if (AnswerCheck.IsUnasked(head, _request.Fields, _plan.Request.Fields))
        {
            Refuse();
            return;
        }

        if (_revalidation.Incomplete is { } incomplete)
        {
            OnHead(incomplete, head);
            return;
        }

        if (head.Status is 304 or 412 && _revalidation.IsConditional)
        {
            if (head.Status == 304 && _revalidation.IsConfirmedBy(head))
            {
                AnswerRevalidated(_revalidation.Selected!, head, _table.Now);
                return;
            }

            // The conditions were the cache's: no client has asked for such an answer.
            _table.Repeat(this, TakeWaiters());
            _request.Cancel();
            return;
        }

        if (head.Status is 500 or 502 or 503 or 504 && AnswerStale(unreachable: false, head.Status))
        {
            _request.Cancel();
            return;
        }

        Begin(head, _table.Now);
    }

    /// <summary>Begins to take a response, and gives it to those it is for.</summary>
    /// <param name="incomplete">What is there of it already.</param>
    private void Begin(ResponseHead head, long now, PartialResponse? incomplete = null)
    {
        var decision = _table.Policy.Judge(_plan.Request, head, _plan.Rule, _requestTime, now);
        _table.Settle(this, head, now);
        long? length = head.Framing switch
        {
            BodyFraming.Length => head.ContentLength,
            BodyFraming.None => 0,
            _ => null,
        };
        var body = new StoredBody(_table.Pool, length, this);
        var entry = decision.MayStore ? MakeEntry(head, body, decision, now) : null;
        var forwarded = ForwardedOf(head, body, entry, decision);
        var reason = entry is not null && length > _table.ObjectMaximum ? CacheReason.TooLarge : decision.Reason;
        PreparePart(head, now);
        if (_part is not null)
            reason = CacheReason.StoredPart;
        if (reason is not (CacheReason.Stored or CacheReason.StoredPart))
            body.LimitToWindow(_table.Window);
        // Where what came in its place isn't stored, a stale response is of no use any more. Other errors say nothing about it.
        if (reason != CacheReason.Stored && head.Status is < 400 or 404 or 410 && _revalidation.Selected is { } replaced
            && !replaced.Freshness.IsFreshAt(now))
            _table.Cache.Remove(_plan.Key, replaced);
        if (length == 0)
        {
            // Nothing follows the head that could say that it is whole.
            body.Complete();
            if (reason == CacheReason.Stored)
                Store(entry!);
        }

        // Last: from here on the body is the fetch's, which gives it back whatever happens.
        incomplete?.AddPrefixTo(body);
        Release(forwarded, entry, reason, head.Fields.Contains(KnownField.Age), now);
    }

    private CacheEntry MakeEntry(ResponseHead head, StoredBody body, in StoreDecision decision, long now) =>
        CacheEntry.Create(_plan.Request, head, body, decision, now, Order);

    /// <summary>What the client gets whose request was forwarded: fields too that are kept from others.</summary>
    private StoredResponse ForwardedOf(ResponseHead head, StoredBody body, CacheEntry? entry, in StoreDecision decision)
    {
        var keepsBack = decision.Directives.PrivateFields.Count + decision.Directives.NoCacheFields.Count > 0
            || (decision.StripsCookies && head.Fields.Contains(KnownField.SetCookie));
        if (entry is not null && !keepsBack)
            return entry.Response;
        var bodiless = _plan.Request.Method == KnownMethod.Head;
        var bytes = ForwardedHead.Format(head, keepLength: bodiless && head.Status != 204, keepAge: entry is null);
        return new StoredResponse(head.Status, bytes, head.Fields.Contains(KnownField.Date), body, lengthInHead: bodiless) { Head = head };
    }

    /// <summary>Gives the arriving answer to those it is for, and sends the others to their own fetches, all at once.</summary>
    /// <param name="entry">What those share who wait with the leader; null where nobody may.</param>
    /// <param name="store">Whether it is stored, or why not.</param>
    private void Release(StoredResponse forwarded, CacheEntry? entry, CacheReason store, bool hasAge, long now)
    {
        var isShareable = entry?.Freshness.IsFreshAt(now) == true;
        var isStored = store == CacheReason.Stored;
        var kept = isStored ? entry : _part;
        var ttl = kept is null ? CacheNote.NoTtl : kept.Freshness.TtlAt(now);
        var age = entry is not null && hasAge ? entry.Freshness.AgeAt(now) : -1;
        var leaders = new CacheNote(isStored ? CacheOutcome.Miss : CacheOutcome.Pass, _plan.Reuse, store, age, ttl, _forwardStatus);
        FetchTicket[] others, ranged;
        lock (_gate)
        {
            _owed = [.. _waiters];
            _response = forwarded;
            _entry = isStored ? entry : null;
            _closed |= !isShareable || !isStored;
            // Nobody waits for a range through all that comes before it where that isn't stored.
            ranged = store == CacheReason.TooLarge ? [.. _waiters.Where(waiter => waiter.Request.Fields.Contains(KnownField.Range))] : [];
            others = [.. _waiters.Except(ranged).Where(waiter => waiter != _leader && !(isShareable && MayShare(entry!, waiter, now)))];
            foreach (var waiter in _waiters.Except(others).Except(ranged))
            {
                if (waiter == _leader)
                    waiter.TryAnswer(forwarded, leaders);
                else
                    waiter.TryAnswer(entry!.Response, NoteOfJoined(entry, store, now));
            }

            _waiters.Clear();
        }

        if (!isShareable || !isStored)
            _table.Retire(this, remember: _plan.IsShared);
        _table.Disperse(_plan, others, isShareable ? entry!.Head : null, isManaged: isStored);
        _table.Disperse(_plan, ranged, null, isManaged: false);
        if (!isStored && forwarded.Body.ReaderCount == 0)
            _request.Cancel();
    }

    private void AnswerRevalidated(CacheEntry confirmed, ResponseHead notModified, long now)
    {
        var head = StoredHead.Update(confirmed.Head, notModified, now);
        var decision = _table.Policy.Judge(_plan.Request, head, _plan.Rule, _requestTime, now);
        var entry = MakeEntry(head, confirmed.Response.Body, decision, now);
        if (decision.MayStore)
            Store(entry);
        else
            _table.Cache.Remove(_plan.Key, confirmed);
        var isShareable = decision.MayStore && entry.Freshness.IsFreshAt(now);
        var waiters = TakeWaiters();
        _table.Retire(this, remember: _plan.IsShared && !isShareable);
        var note = new CacheNote(
            CacheOutcome.Revalidated, _plan.Reuse, decision.MayStore ? CacheReason.Updated : decision.Reason,
            notModified.Fields.Contains(KnownField.Age) ? ResponseAge.Initial(head.Fields, _requestTime, now) : -1,
            decision.MayStore ? entry.Freshness.TtlAt(now) : CacheNote.NoTtl, ForwardStatus: 304);
        FetchTicket[] others = [.. waiters.Where(waiter => waiter != _leader && !(isShareable && MayShare(entry, waiter, now)))];
        foreach (var waiter in waiters.Except(others))
            waiter.TryAnswer(entry.Response, note);
        _table.Disperse(_plan, others, isShareable ? head : null, isManaged: true);
    }

    /// <summary>Answers with the stored response where the origin has failed and the response may stand in (RFC 9111, section 4.2.4; RFC 5861, section 4).</summary>
    /// <param name="forwardStatus">The origin's error, or 0 where it gave no answer.</param>
    /// <returns>False when nobody was answered.</returns>
    private bool AnswerStale(bool unreachable, int forwardStatus)
    {
        if (_revalidation.Selected is not { } stale)
            return false;
        var now = _table.Now;
        // By when the origin was asked: waiting for it, which may take longer than a response may be stale, takes nothing away.
        var leaders = _leader?.Directives ?? RequestDirectives.None;
        if (ReusePolicy.JudgeFailure(stale.Freshness, leaders, unreachable, _requestTime) == CacheReason.Stale)
            return false;
        var others = new List<FetchTicket>();
        var waiters = TakeWaiters();
        _table.Retire(this, remember: false);
        foreach (var waiter in waiters)
        {
            var reason = ReusePolicy.JudgeFailure(stale.Freshness, waiter.Directives, unreachable, _requestTime);
            var note = new CacheNote(
                CacheOutcome.Stale, reason, CacheReason.OriginFailed, stale.Freshness.AgeAt(now), stale.Freshness.TtlAt(now), forwardStatus);
            if (reason == CacheReason.Stale || (waiter != _leader && !stale.Serves(waiter.Request)) || !waiter.TryAnswer(stale.Response, note))
                others.Add(waiter);
        }

        _table.Disperse(_plan, [.. others], null, isManaged: true);
        return true;
    }

    private static bool MayShare(CacheEntry entry, FetchTicket ticket, long now) =>
        entry.Serves(ticket.Request) && ReusePolicy.Judge(entry.Freshness, ticket.Directives, now) == CacheReason.Fresh;

    private CacheNote NoteOfJoined(CacheEntry entry, CacheReason store, long now) => new(
        CacheOutcome.Joined, _plan.Reuse, store, entry.Freshness.AgeAt(now), store == CacheReason.Stored ? entry.Freshness.TtlAt(now) : CacheNote.NoTtl,
        _forwardStatus);

    /// <summary>Something has thrown that was to carry the answer on. Whoever waits gets an error, whoever reads is cut, and nothing is
    /// kept.</summary>
    public void OnFault()
    {
        Invalidate();
        var faults = _table.Faults;
        faults.Attempt(Ending, _request, static request => request.Cancel());
        faults.Attempt(Ending, this, static fetch => fetch.CutReaders());
        faults.Attempt(Ending, this, static fetch => fetch.ReturnHeld());
        faults.Attempt(Ending, this, static fetch => fetch._table.Retire(fetch, remember: false));
        FetchTicket[] unanswered = [.. _owed.Where(ticket => ticket.WaitsFor(this)), .. TakeWaiters()];
        foreach (var ticket in unanswered)
            faults.Attempt(Ending, ticket, static ticket => ticket.AnswerFailure(OriginFailure.Fault));
        Release();
    }

    private void CutReaders()
    {
        if (_response is { Body: { HasFailed: false, IsComplete: false } body })
            body.Fail();
    }

    /// <summary>Gives back what the fetch holds, once and whatever becomes of each step.</summary>
    private void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) != 0)
            return;
        var faults = _table.Faults;
        faults.Attempt(Ending, this, static fetch => fetch._response?.Release());
        faults.Attempt(Ending, this, static fetch => fetch._revalidation.Selected?.EndRefresh(fetch._table.Uptime));
        faults.Attempt(Ending, this, static fetch => fetch._revalidation.Release());
        _table.OnFetchEnded(this);
    }
}
