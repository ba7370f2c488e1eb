namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>All origins of a proxy, and which of them gets which request.</summary>
/// <param name="Clusters">Each that a route leads to; one at least.</param>
internal sealed record OriginSet(IReadOnlyList<OriginCluster> Clusters, IOriginRouter Router)
{
    /// <summary>Servers of all origins together.</summary>
    public int MemberCount => Clusters.Sum(cluster => cluster.Members.Count);

    /// <summary>One origin for all requests.</summary>
    public static OriginSet Of(OriginOptions only)
    {
        var router = new SingleOrigin(only);
        return new OriginSet([router.Route.Cluster], router);
    }
}
