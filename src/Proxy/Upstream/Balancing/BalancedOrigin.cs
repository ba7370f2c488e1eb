using TlsProxy.Proxy.Upstream.Health;

namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>An origin of several servers: each request goes to one of them, and to a second where the first can't be reached and that does
/// no harm.</summary>
internal sealed class BalancedOrigin : IOrigin
{
    private readonly ClusterState _cluster;
    private readonly IOrigin[] _servers;

    /// <param name="create">Makes what sends the requests of a server.</param>
    public BalancedOrigin(ClusterState cluster, Func<OriginOptions, IOrigin> create)
    {
        _cluster = cluster;
        _servers = [.. cluster.Cluster.Members.Select(member => create(member.Options))];
    }

    /// <summary>The health checks of its servers; none where they aren't asked.</summary>
    public IEnumerable<HealthCheck> Checks => _cluster.Cluster.Check is not { } check
        ? []
        : _cluster.Cluster.Members.Select((member, index) =>
            new HealthCheck(_servers[index], member.Options, check, reason => _cluster.OnChecked(index, reason)));

    public void Start(OriginRequest request, IOriginSink sink) => new BalancedExchange(_cluster, _servers, request, sink).Start();
}
