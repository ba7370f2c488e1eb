using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>Stores answers to fetches, each once it is whole (RFC 9111, section 3.3); on the origin's thread.</summary>
internal sealed class AnswerStoring(AnswerContext context)
{
    public void Store(Fetch fetch, CacheEntry entry)
    {
        var services = context.Services;
        if (services.Cache.Store(fetch.Plan.Key, entry, fetch.Permit, services.Now) && entry.Freshness.WasFreshWhenAsked)
            context.Shards.OnStored(fetch.Plan.Key);
    }
}
