using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>Asks the origin in the background about stale responses that were used meanwhile (RFC 5861, section 3). Callable from any
/// thread.</summary>
internal sealed class BackgroundRefresh(FetchServices services, FetchShards shards, FetchStarts starts)
{
    /// <summary>Claims the right to refresh a stored response.</summary>
    /// <returns>False when somebody has it, or the last refresh has only just ended.</returns>
    public bool Claim(CacheEntry entry) => entry.TryBeginRefresh(services.Uptime);

    /// <summary>Begins a refresh, or gives the right to it back.</summary>
    /// <param name="home">Where the stale response was used.</param>
    /// <param name="request">Kept by the fetch.</param>
    /// <param name="entry">Its right to be refreshed was claimed by the caller.</param>
    public void Start(FetchHome home, RequestHead request, ForwardedClient client, CacheEntry entry)
    {
        Fetch? fetch = null;
        try
        {
            fetch = TryMake(home, request, client, entry);
        }
        catch (Exception fault) when (services.Faults.Contains(fault))
        {
            // The client has its answer; who comes next asks again.
            services.Faults.Note("a refresh in the background", fault);
        }

        if (fetch is null)
            entry.EndRefresh(services.Uptime);
        else
            starts.Begin(fetch);
    }

    private Fetch? TryMake(FetchHome home, RequestHead request, ForwardedClient client, CacheEntry entry)
    {
        var policy = services.Policy;
        var rule = policy.Rules.Find(request);
        rule?.Normalise(request);
        var isOfOne = policy.Lifetimes.IsOfOneClient(request);
        if (isOfOne)
            RefreshRequest.RemoveCredentials(request, policy.Lifetimes.Credentials, entry.Vary);
        var plan = new FetchPlan
        {
            Home = home,
            Request = request,
            Client = client,
            Rule = rule,
            Route = services.Router.Choose(CacheKey.HostOf(request), request.Target),
            Key = CacheKey.Of(request, rule),
            Kind = FetchKind.Refresh,
            IsOfOne = isOfOne,
            Reuse = CacheReason.Stale,
        };
        // The first of two looks, before anything is built.
        var shard = shards.Of(plan.Key);
        using (shard.Gate.Enter(LockRank.Table))
        {
            if (!shard.MayRefresh(plan.Key) || !entry.Response.TryAcquire())
                return null;
        }

        var fetch = starts.Make(plan, new Revalidation(entry), leader: null);
        return TryEnter(fetch) ? fetch : null;
    }

    /// <returns>False when another fetch of the key is under way by now; what this one asks about is given back then.</returns>
    private bool TryEnter(Fetch fetch)
    {
        var isEntered = false;
        try
        {
            services.Faults.Point?.Invoke(FetchStarts.EntryPoint, null);
            // From the second look for a fetch of the key to the entry of this one, so that the origin is asked once.
            var shard = shards.Of(fetch.Plan.Key);
            using (shard.Gate.Enter(LockRank.Table))
                isEntered = shard.TryRegisterRefresh(fetch);
        }
        finally
        {
            if (!isEntered)
                fetch.Revalidation.Release();
        }

        return isEntered;
    }
}
