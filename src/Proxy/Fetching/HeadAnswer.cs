using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Updates the stored response that a GET in place of a HEAD would have selected, or forgets it where it is another one by now
/// (RFC 9111, section 4.3.5). Callable from any thread.</summary>
internal sealed class HeadAnswer(FetchServices services)
{
    /// <param name="plan">What was asked for; only the answers to HEAD change anything.</param>
    public void OnAnswer(FetchPlan plan, ResponseHead head, long now, in AnswerOrder order)
    {
        if (plan.Request is not { Method: KnownMethod.Head, HasBody: false } || head.Status != 200 || plan.Reuse == CacheReason.Bypass)
            return;
        // Before the look: a clear comes either before that, or ends the permit and keeps the update out of the cache.
        var permit = services.Cache.Permit();
        if (services.Cache.TryAcquire(plan.Request, plan.Rule, out _) is not { } entry)
            return;
        Freshen(plan, entry, head, now, permit, order);
        entry.Response.Release();
    }

    private void Freshen(FetchPlan plan, CacheEntry entry, ResponseHead head, long now, StorePermit permit, in AnswerOrder order)
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

            var update = CacheEntry.Create(plan.Request, updated, entry.Response.Body, decision, now, order);
            // What has been forgotten meanwhile isn't stored again, and what has come in its place stays.
            _ = services.Cache.Update(plan.Key, entry, update, permit, services.Now);
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
