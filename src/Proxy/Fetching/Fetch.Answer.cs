using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Fetching.Sharing;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching;

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
        _madeAt = !head.LacksDate && ResponseAge.TryDateOf(head.Fields, out var date) ? date : SharedAnswer.NoDate;
        if (_revalidation.Incomplete is { } incomplete)
        {
            OnHead(incomplete, head);
            return;
        }

        if (AnswerCheck.IsUnasked(head, _request.Fields, _plan.Request.Fields))
        {
            Refuse();
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

        if (IsTrouble(head.Status) && AnswerStale(OriginFailure.None, head.Status))
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
        var body = new Body(_table.Pool, length, this);
        var isBodiless = _plan.Request.Method == KnownMethod.Head;
        var entry = decision.MayStore || decision.IsForWaiters ? MakeEntry(head, body, decision, now, isBodiless) : null;
        var forwarded = ForwardedAnswer.Of(head, body, entry, decision.Directives, isBodiless);
        // What several share is held as if it were stored, since none of them is to wait for another.
        var isHeld = decision.MayStore || (decision is { IsForWaiters: true, Reason: CacheReason.RequestNoStore } && Subscribers > 1);
        var reason = isHeld && length > _table.ObjectMaximum ? CacheReason.TooLarge : decision.Reason;
        PreparePart(head, now);
        if (_part is not null)
            reason = CacheReason.StoredPart;
        if (reason == CacheReason.TooLarge || !(isHeld || _part is not null))
            body.LimitToWindow(_table.Window);
        // Where what came in its place isn't stored, a stale response is of no use any more. Other errors say nothing about it.
        if (reason != CacheReason.Stored && head.Status is < 400 or 404 or 410 && AnswerVerdict.Replaces(_plan)
            && _revalidation.Selected is { } replaced && !replaced.Freshness.IsFreshAt(now))
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
        var verdict = AnswerVerdict.Of(_plan, decision, entry?.Freshness.WasFreshWhenAsked == true, reason, head.Status);
        Release(forwarded, entry, verdict, reason, decision.IsOfCredentials, head.Fields.Contains(KnownField.Age), now);
    }

    private CacheEntry MakeEntry(ResponseHead head, Body body, in StoreDecision decision, long now, bool isBodiless = false) =>
        CacheEntry.Create(_plan.Request, head, body, decision, now, Order, isBodiless);

    /// <summary>Gives the arriving answer to those it is for, and sends the others to their own fetches, all at once.</summary>
    /// <param name="entry">What others than the leader get of it; null where nobody may.</param>
    /// <param name="store">Whether it is stored, or why not.</param>
    /// <param name="isOfCredentials">Others can't have it for the sake of cookies or credentials alone.</param>
    private void Release(
        Response forwarded, CacheEntry? entry, AnswerVerdict verdict, CacheReason store, bool isOfCredentials, bool hasAge, long now)
    {
        var isStored = store == CacheReason.Stored;
        var isShareable = verdict.IsShareable;
        var kept = isStored ? entry : _part;
        var ttl = kept is null ? CacheNote.NoTtl : kept.Freshness.TtlSecondsAt(now);
        var age = entry is not null && hasAge ? entry.Freshness.AgeSecondsAt(now) : -1;
        var leaders = new CacheNote(isStored ? CacheOutcome.Miss : CacheOutcome.Pass, _plan.Reuse, store, age, ttl, _forwardStatus);
        // Nobody waits for a range through all that comes before it where that isn't stored, nor for slower readers where a window can't
        // hold the whole.
        var isApart = isShareable && !verdict.IsTrouble && !isStored && forwarded.Body is { IsWindowed: true } body
            && body.TotalLength > _table.Window.Bytes;
        // Once: an origin that was sent the range, and answers with the whole, would do so again.
        var asksForRanges = store == CacheReason.TooLarge && _plan.IsManaged;
        FetchTicket[] others, apart;
        lock (_gate)
        {
            _owed = [.. _waiters];
            _response = forwarded;
            _entry = isStored ? entry : null;
            _closed |= !isShareable || !isStored;
            _isUnshareable = verdict.Remembers;
            apart = [.. _waiters.Where(waiter => (isApart && waiter != _leader)
                || (verdict.Audience == AnswerAudience.WithoutCredentials && waiter.IsOfOne)
                || (asksForRanges && waiter.Request.Fields.Contains(KnownField.Range)))];
            var shared = new SharedAnswer(entry!, _madeAt, _requestTime, now);
            FetchTicket[] left = [.. _waiters.Except(apart).Where(
                waiter => waiter == _leader || !IsTrouble(forwarded.Status)
                    || !TryAnswerStale(waiter, unreachable: false, forwarded.Status))];
            var sharers = new Sharers(verdict.Audience, _plan, _table.Fields);
            others = [.. left.Where(waiter => waiter != _leader && !(sharers.Include(waiter) && shared.Suits(waiter)))];
            foreach (var waiter in left.Except(others))
            {
                if (waiter == _leader)
                    waiter.TryAnswer(forwarded, leaders);
                else
                    waiter.TryAnswer(entry!.Response, NoteOfJoined(entry, store, now));
            }

            _waiters.Clear();
        }

        if (!isShareable || !isStored)
            _table.Retire(this, verdict.Remembers);
        if (verdict.AsksOnceMore)
            _table.AskOnceMore(_plan, others, verdict.IsTrouble, isForOne: !isShareable);
        else
            _table.Disperse(_plan, others, isShareable ? entry!.Head : null, isManaged: isStored, isOfCredentials);
        _table.Disperse(_plan with { IsOfOne = false }, apart, null, isManaged: false, passesRanges: asksForRanges);
        if (!isStored && forwarded.Body.ReaderCount == 0)
            _request.Cancel();
    }

    private void AnswerRevalidated(CacheEntry confirmed, ResponseHead notModified, long now)
    {
        // A cookie that comes with it is for the one who asked; what it confirms was made for all, and is theirs without the cookie.
        var takesCookies = _table.Policy.ModeOf(_plan.Rule) == SetCookieMode.Store;
        var head = StoredHead.Update(confirmed.Head, notModified, now, takesCookies);
        var decision = _table.Policy.Judge(_plan.Request, head, _plan.Rule, _requestTime, now, updates: true);
        var entry = MakeEntry(head, confirmed.Response.Body, decision, now);
        if (decision.MayStore)
            Store(entry);
        else if (AnswerVerdict.Replaces(_plan))
            _table.Cache.Remove(_plan.Key, confirmed);
        var verdict = AnswerVerdict.Of(_plan, decision, entry.Freshness.WasFreshWhenAsked, decision.Reason, head.Status);
        var isShareable = verdict.IsShareable;
        var waiters = TakeWaiters();
        _table.Retire(this, verdict.Remembers);
        var note = new CacheNote(
            CacheOutcome.Revalidated, _plan.Reuse, decision.MayStore ? CacheReason.Updated : decision.Reason,
            notModified.Fields.Contains(KnownField.Age) ? ResponseAge.Initial(head.Fields, _requestTime, now) / 1000 : -1,
            decision.MayStore ? entry.Freshness.TtlSecondsAt(now) : CacheNote.NoTtl, ForwardStatus: 304);
        var shared = new SharedAnswer(entry, _madeAt, _requestTime, now);
        FetchTicket[] others = [.. waiters.Where(waiter => waiter != _leader && !(isShareable && shared.Suits(waiter)))];
        var whole = takesCookies ? head : StoredHead.Update(confirmed.Head, notModified, now, takesCookies: true);
        var leaders = ForwardedAnswer.Of(whole, entry.Response.Body, entry, decision.Directives, isBodiless: false);
        foreach (var waiter in waiters.Except(others))
            waiter.TryAnswer(waiter == _leader ? leaders : entry.Response, note);
        _table.Disperse(_plan, others, isShareable ? head : null, isManaged: true);
    }

    /// <summary>Answers with the stored response where the origin has failed and the response may stand in (RFC 9111, section 4.2.4; RFC
    /// 5861, section 4).</summary>
    /// <param name="failure">Why there is no answer of the origin, or none where it answered with an error.</param>
    /// <param name="forwardStatus">The origin's error, or 0 where it gave no answer.</param>
    /// <returns>False when nobody was answered.</returns>
    private bool AnswerStale(OriginFailure failure, int forwardStatus)
    {
        var unreachable = failure != OriginFailure.None;
        if (_revalidation.Selected is not { } stale)
            return AnswerLeaderStale(unreachable, forwardStatus);
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
            var serves = waiter == _leader || stale.Serves(waiter.Request);
            if (!(serves && waiter.TryAnswerStale(stale, unreachable, forwardStatus, _requestTime, now))
                && !TryAnswerStale(waiter, unreachable, forwardStatus))
                others.Add(waiter);
        }

        if (unreachable)
            others.ForEach(waiter => waiter.AnswerFailure(failure));
        else
            _table.AskOnceMore(_plan, [.. others], isTrouble: true, isForOne: false);
        return true;
    }

    /// <summary>Answers the only one who waits with what is stored for it, where the origin wasn't asked about that: HEAD, and GET of a key
    /// that isn't shared.</summary>
    private bool AnswerLeaderStale(bool unreachable, int forwardStatus)
    {
        if (_plan.IsShared || _leader is null)
            return false;
        lock (_gate) // The leader may leave on its own thread: it is answered and taken out in one step, or has gone.
            return _waiters.Contains(_leader) && TryAnswerStale(_leader, unreachable, forwardStatus) && _waiters.Remove(_leader);
    }

    /// <summary>Answers those who wait with what is stored for them, where that may stand in, or with the failure.</summary>
    private void FailWaiters(OriginFailure failure)
    {
        var waiters = TakeWaiters();
        _table.Retire(this, remember: false);
        var isUnreachable = OriginFailures.IsUnreachable(failure) || failure == OriginFailure.Unconfirmed;
        foreach (var waiter in waiters)
        {
            if (!isUnreachable || !TryAnswerStale(waiter, unreachable: true, forwardStatus: 0))
                waiter.AnswerFailure(failure);
        }
    }

    /// <summary>Answers a waiter with what is stored for its own request, if that may stand in; what the origin had to see isn't answered
    /// without it.</summary>
    private bool TryAnswerStale(FetchTicket waiter, bool unreachable, int forwardStatus) =>
        _plan.Reuse is not (CacheReason.Bypass or CacheReason.Method)
        && waiter.TryAnswerStale(_table.Cache, _plan.Rule, unreachable, forwardStatus, _requestTime, _table.Now);

    /// <summary>Errors of an origin in trouble: a stored response stands in for them where it may (RFC 5861, section 4), and they tell
    /// nothing about the response that they come in place of.</summary>
    private static bool IsTrouble(int status) => status is 500 or 502 or 503 or 504;

    private static bool MayShare(CacheEntry entry, FetchTicket ticket, long now) =>
        entry.Serves(ticket.Request) && ReusePolicy.Judge(entry.Freshness, ticket.Directives, now) == CacheReason.Fresh;

    private CacheNote NoteOfJoined(CacheEntry entry, CacheReason store, long now) => new(
        CacheOutcome.Joined, _plan.Reuse, store, entry.Freshness.AgeSecondsAt(now),
        store == CacheReason.Stored ? entry.Freshness.TtlSecondsAt(now) : CacheNote.NoTtl,
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
