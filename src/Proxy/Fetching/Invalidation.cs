using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The one place where stored responses are forgotten before their time: what a successful unsafe request has changed, and what
/// the operator clears. With them goes what is arriving, which may be older than the reason to forget. Callable from any thread.</summary>
internal sealed class Invalidation(FetchServices services, FetchShards shards)
{
    /// <summary>Forgets what an order covers.</summary>
    /// <returns>The objects there were.</returns>
    public int Forget(in ForgetOrder order) => order.Scope switch
    {
        ForgetScope.Exact => ForgetKey(order.Text, order.Change),
        // The era that begins with it keeps out what was asked for before, so that no fetch has to be found.
        ForgetScope.Everything => services.Cache.Clear(),
        _ => throw new ArgumentOutOfRangeException(nameof(order), order.Scope, "There is no such scope of an order to forget."),
    };

    /// <summary>Forgets what a successful unsafe request has changed: its target, and what Location and Content-Location name on the same
    /// host (RFC 9111, section 4.4), each for both schemes.</summary>
    /// <param name="change">The fetch whose answer came.</param>
    public void OnAnswer(Fetch change, ResponseHead head)
    {
        var request = change.Plan.Request;
        if (IsSafe(request.Method) || head.Status is < 200 or >= 400)
            return;
        ForgetAll(CacheKey.OfBothSchemes(request.IsHttps, request.Host, request.Target, change.Plan.Rule), change);
        foreach (var field in (ReadOnlySpan<KnownField>)[KnownField.Location, KnownField.ContentLocation])
        {
            if (head.Fields.TryGet(field, out var reference)
                && TargetReference.Resolve(request.IsHttps, request.Host, request.Target, reference) is { } target)
                ForgetAll(CacheKey.OfBothSchemes(request.IsHttps, request.Host, target, services.Policy.Rules.Find(target)), change);
        }
    }

    private void ForgetAll(string[] keys, Fetch change)
    {
        foreach (var key in keys)
            Forget(ForgetOrder.Exact(key, change));
    }

    private int ForgetKey(string key, Fetch? change)
    {
        var shard = shards.Of(key);
        Departures left;
        bool isRemoved;
        // Both under the gate of the shard: a fetch that begins meanwhile asks after the change, or finds itself invalidated. First the
        // fetches, whose permits end, so that none of them stores behind the removal.
        using (shard.Gate.Enter(LockRank.Table))
        {
            shard.Invalidate(key, change);
            isRemoved = services.Cache.Remove(key, out left);
        }

        left.Release();
        return isRemoved ? 1 : 0;
    }

    /// <summary>The safe methods (RFC 9110, section 9.2.1); one that isn't known may have changed anything.</summary>
    private static bool IsSafe(KnownMethod method) =>
        method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace;
}
