using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <content>What answers of the origin change in the cache beside being stored.</content>
internal sealed partial class FetchTable
{
    /// <summary>Does what an answer implies for stored responses: an unsafe request forgets them, an answer to HEAD updates them.</summary>
    public void Settle(Fetch fetch, ResponseHead head, long now)
    {
        var plan = fetch.Plan;
        if (plan.Request is { Method: KnownMethod.Head, HasBody: false } && head.Status == 200 && plan.Reuse != CacheReason.Bypass)
            Freshen(plan, head, now, fetch.Order);
        if (!IsSafe(plan.Request.Method) && head.Status is >= 200 and < 400)
            Invalidate(fetch, head);
    }

    /// <summary>Forgets everything that is stored, and doesn't store what is arriving, which may be older than the reason to forget.</summary>
    /// <returns>The objects there were.</returns>
    public int Clear()
    {
        SieveQueue forgotten;
        int count;
        // A fetch that registers comes before, and is told, or after, and asks the origin later than this order (Register).
        lock (_gate)
        {
            foreach (var fetch in _active.All)
                fetch.Invalidate();
            _fetches.Clear();
            forgotten = Cache.TakeAll(out count);
        }

        // Without the lock, for which every miss waits.
        Cache.Release(forgotten);
        return count;
    }

    /// <summary>A response was stored, so the key's answers can be shared again.</summary>
    public void OnStored(string key)
    {
        var hash = KeyHash.Of(key);
        // The keys belong to the table's lock; the caller holds none.
        lock (_gate)
            _unshareable.Remove(hash);
    }

    /// <summary>The safe methods (RFC 9110, section 9.2.1); one that isn't known may have changed anything.</summary>
    private static bool IsSafe(KnownMethod method) => method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace;

    /// <summary>Forgets what a successful unsafe request has changed: its target, and what Location and Content-Location name on the same host (RFC 9111,
    /// section 4.4), each for both schemes.</summary>
    private void Invalidate(Fetch change, ResponseHead head)
    {
        var request = change.Plan.Request;
        Forget(CacheKey.OfBothSchemes(request.IsHttps, request.Host, request.Target, change.Plan.Rule), change);
        foreach (var field in (ReadOnlySpan<KnownField>)[KnownField.Location, KnownField.ContentLocation])
        {
            if (head.Fields.TryGet(field, out var reference)
                && TargetReference.Resolve(request.IsHttps, request.Host, request.Target, reference) is { } target)
                Forget(CacheKey.OfBothSchemes(request.IsHttps, request.Host, target, Policy.Rules.Find(target)), change);
        }
    }

    private void Forget(string[] keys, Fetch change)
    {
        lock (_gate)
        {
            // What is arriving may be older than the change, be it shared or not.
            foreach (var fetch in _active.All)
            {
                if (fetch != change && Array.IndexOf(keys, fetch.Plan.Key) >= 0)
                    fetch.Invalidate();
            }

            foreach (var key in keys)
            {
                _fetches.Remove(key);
                Cache.Remove(key);
            }
        }
    }

    /// <summary>Updates the stored response that a GET in place of this HEAD would have selected, or forgets it where it is another one by now (RFC 9111,
    /// section 4.3.5).</summary>
    private void Freshen(FetchPlan plan, ResponseHead head, long now, in AnswerOrder order)
    {
        // Under the lock, so that nothing is stored again that is being forgotten.
        lock (_gate)
        {
            if (Cache.TryAcquire(plan.Request, plan.Rule, out _) is not { } entry)
                return;
            Freshen(plan, entry, head, now, order);
            entry.Response.Release();
        }
    }

    private void Freshen(FetchPlan plan, CacheEntry entry, ResponseHead head, long now, in AnswerOrder order)
    {
        // What is stored is for all: an answer to credentials that names no validator says nothing of it.
        if (plan.IsOfOne && !CachePolicy.HasValidator(head.Fields))
            return;
        // Origins that compress on the fly often don't for HEAD: that says nothing of the coded one, unless the content is another by now.
        if (head.Status == 200 && !ContentCodings.AreEqual(entry.Head.Fields, head.Fields)
            && MayBeOfSameContent(entry.Head.Fields, head.Fields))
            return;
        if (entry.Head.Status == 200 && IsSame(entry, head))
        {
            var updated = StoredHead.Update(entry.Head, head, now, Policy.ModeOf(plan.Rule) == SetCookieMode.Store);
            var decision = Policy.Judge(plan.Request, updated, plan.Rule, now, now, updates: true);
            if (!decision.MayStore)
            {
                if (!plan.IsOfOne && !plan.ForbidsStoring)
                    Cache.Remove(plan.Key, entry);
                return;
            }

            var body = entry.Response.Body;
            Cache.Store(plan.Key, CacheEntry.Create(plan.Request, updated, body, decision, now, order), now);
        }
        else if (!plan.IsOfOne)
        {
            Cache.Remove(plan.Key, entry);
        }
    }

    private static bool MayBeOfSameContent(FieldTable stored, FieldTable head)
    {
        ReadOnlySpan<byte> known;
        if (head.TryGet(KnownField.ETag, out var tag) && !(stored.TryGet(KnownField.ETag, out known) && EntityTags.WeaklyEqual(known, tag)))
            return false;
        return !head.TryGet(KnownField.LastModified, out var date)
            || (stored.TryGet(KnownField.LastModified, out known) && known.SequenceEqual(date));
    }

    private static bool IsSame(CacheEntry stored, ResponseHead head)
    {
        foreach (var validator in (ReadOnlySpan<KnownField>)[KnownField.ETag, KnownField.LastModified])
        {
            if (head.Fields.TryGet(validator, out var received)
                && !(stored.Head.Fields.TryGet(validator, out var known) && known.SequenceEqual(received)))
                return false;
        }

        return !head.Fields.TryGet(KnownField.ContentLength, out var text)
            || (DeltaSeconds.TryParse(text, out var length) && length == stored.Response.Body.TotalLength);
    }
}
