using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Updates the stored response that a GET in place of a HEAD would have selected, or forgets it where it is another one by now
/// (RFC 9111, section 4.3.5). Callable from any thread.</summary>
internal sealed class HeadAnswer(FetchServices services, FetchShards shards)
{
    /// <param name="plan">What was asked for; only the answers to HEAD change anything.</param>
    public void OnAnswer(FetchPlan plan, ResponseHead head, long now, in AnswerOrder order)
    {
        if (plan.Request is not { Method: KnownMethod.Head, HasBody: false } || head.Status != 200 || plan.Reuse == CacheReason.Bypass)
            return;
        // Under the gate of its shard, so that nothing is stored again that is being forgotten.
        using (shards.Of(plan.Key).Gate.Enter(LockRank.Table))
        {
            // Before the look: a clear comes either before that, or raises the era and keeps the update out of the cache.
            var era = services.Cache.Era;
            if (services.Cache.TryAcquire(plan.Request, plan.Rule, out _) is not { } entry)
                return;
            Freshen(plan, entry, head, now, era, order);
            entry.Response.Release();
        }
    }

    private void Freshen(FetchPlan plan, CacheEntry entry, ResponseHead head, long now, int era, in AnswerOrder order)
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
            var updated = StoredHead.Update(entry.Head, head, now, services.Policy.ModeOf(plan.Rule) == SetCookieMode.Store);
            var decision = services.Policy.Judge(plan.Request, updated, plan.Rule, now, now, updates: true);
            if (!decision.MayStore)
            {
                if (!plan.IsOfOne && !plan.ForbidsStoring)
                    services.Cache.Remove(plan.Key, entry);
                return;
            }

            var body = entry.Response.Body;
            _ = services.Cache.Store(plan.Key, CacheEntry.Create(plan.Request, updated, body, decision, now, order), era, services.Now);
        }
        else if (!plan.IsOfOne)
        {
            services.Cache.Remove(plan.Key, entry);
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
