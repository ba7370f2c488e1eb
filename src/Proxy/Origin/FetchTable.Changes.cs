using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <content>What answers of the origin change in the cache beside being stored.</content>
internal sealed partial class FetchTable
{
    /// <summary>Does what an answer implies for stored responses: an unsafe request forgets them, an answer to HEAD updates them.</summary>
    public void Settle(FetchPlan plan, ResponseHead head, long now)
    {
        if (plan.Request.Method == KnownMethod.Head && head.Status == 200 && plan.Reuse != CacheReason.Bypass)
            Freshen(plan, head, now);
        if (!IsSafe(plan.Request.Method) && head.Status is >= 200 and < 400)
            Invalidate(plan, head);
    }

    /// <summary>A response was stored, so the key's answers can be shared again.</summary>
    public void OnStored(string key)
    {
        lock (_gate)
            _unshareable.Remove(key);
    }

    /// <summary>The safe methods (RFC 9110, section 9.2.1); one that isn't known may have changed anything.</summary>
    private static bool IsSafe(KnownMethod method) => method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace;

    /// <summary>Forgets what a successful unsafe request has changed: its target, and what Location and Content-Location name on the same host (RFC 9111,
    /// section 4.4).</summary>
    private void Invalidate(FetchPlan plan, ResponseHead head)
    {
        Forget(plan.Key);
        foreach (var field in (ReadOnlySpan<KnownField>)[KnownField.Location, KnownField.ContentLocation])
        {
            if (head.Fields.TryGet(field, out var reference)
                && TargetReference.Resolve(plan.Request.Host, plan.Request.Target, reference) is { } target)
                Forget(CacheKey.Of(plan.Request.Host, target, Policy.Rules.Find(target)));
        }
    }

    private void Forget(string key)
    {
        lock (_gate)
        {
            // What is arriving may be older than the change.
            if (_fetches.Remove(key, out var running))
                running.ForEach(fetch => fetch.Invalidate());
        }

        Cache.Remove(key);
    }

    /// <summary>Updates the stored response that a GET in place of this HEAD would have selected, or forgets it where it is another one by now (RFC 9111,
    /// section 4.3.5).</summary>
    private void Freshen(FetchPlan plan, ResponseHead head, long now)
    {
        if (Cache.TryAcquire(plan.Request, plan.Rule, out _) is not { } entry)
            return;
        if (entry.Head.Status == 200 && IsSame(entry, head))
        {
            var updated = StoredHead.Update(entry.Head, head, now);
            var decision = Policy.Judge(plan.Request, updated, plan.Rule, now, now, asGet: true);
            if (decision.MayStore)
                Cache.Store(plan.Key, CacheEntry.Create(plan.Request, updated, entry.Response.Body, decision, Policy.SetCookies, now), now);
            else
                Cache.Remove(plan.Key, entry);
        }
        else
        {
            Cache.Remove(plan.Key, entry);
        }

        entry.Response.Release();
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
