namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>Gives each request to the origin of its route.</summary>
internal sealed class OriginDispatch : IOrigin
{
    // Written by the constructor alone, so that any thread reads it.
    private readonly Dictionary<OriginCluster, IOrigin> _origins;

    /// <param name="create">Makes what sends the requests of an origin.</param>
    public OriginDispatch(IEnumerable<OriginCluster> clusters, Func<OriginCluster, IOrigin> create) =>
        _origins = clusters.ToDictionary(cluster => cluster, create);

    public void Start(OriginRequest request, IOriginSink sink)
    {
        if (!request.Target.IsEmpty)
        {
            _origins[request.Route!.Cluster].Start(request, sink);
            return;
        }

        request.Body?.Discard();
        sink.OnFailed(OriginFailed.OfProxy(OriginFailure.Unsupported));
    }
}
