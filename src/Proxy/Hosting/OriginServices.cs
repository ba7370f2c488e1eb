using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Health;
using TlsProxy.Proxy.Upstream.HttpClient;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Puts the origins together: what sends their requests, how their members are doing, and their health checks.</summary>
internal sealed class OriginServices : IDisposable
{
    private readonly SpareDescriptors _spare;
    private readonly FaultLedger _faults;
    private readonly ILogger _logger;

    // Of each server, since all have the same share.
    private readonly int _connectionsMax;
    private readonly List<ClusterState> _clusters = [];
    private readonly List<HealthCheck> _checks = [];
    private readonly OriginDispatch _dispatch;
    private HealthCheckThread? _health;

    /// <param name="connectionsMax">Connections to all origins together.</param>
    /// <param name="spare">Where connections find descriptors when they are short.</param>
    public OriginServices(OriginSet origins, int connectionsMax, SpareDescriptors spare, FaultLedger faults, ILogger logger)
    {
        _spare = spare;
        _faults = faults;
        _logger = logger;
        _connectionsMax = Math.Max(1, connectionsMax / origins.MemberCount);
        _dispatch = new OriginDispatch(origins.Clusters, Create);
    }

    /// <summary>Sends the requests of all workers.</summary>
    public IOrigin Origin => _dispatch;

    /// <summary>The origins of the configuration file.</summary>
    public IReadOnlyList<ClusterState> Clusters => _clusters;

    /// <summary>Begins to ask the members whether they are well, where that is wanted.</summary>
    public void StartChecks()
    {
        if (_checks.Count > 0)
            _health = new HealthCheckThread(_checks, _faults);
    }

    /// <summary>Begins no more checks. One that is under way ends with <see cref="Dispose"/> at the latest.</summary>
    public void StopChecks() => _health?.Dispose();

    public void Dispose() => _dispatch.Dispose();

    /// <summary>Makes what sends the requests of one origin. The only server of <c>--origin</c> is asked whatever became of the requests
    /// before.</summary>
    private IOrigin Create(OriginCluster cluster)
    {
        if (cluster.Name is null)
            return CreateServer(cluster.Members[0].Options);
        var state = new ClusterState(cluster, TimeProvider.System, OnChange);
        var origin = new BalancedOrigin(state, CreateServer);
        _clusters.Add(state);
        _checks.AddRange(origin.Checks);
        return origin;
    }

    private HttpClientOrigin CreateServer(OriginOptions server) =>
        new(server with { ConnectionsMax = _connectionsMax, Spare = _spare }, faults: _faults);

    private void OnChange(MemberChange change)
    {
        var (origin, server) = (change.Cluster.Name!, change.Member.Options.Authority);
        if (change.Reason is { } reason)
            ProxyLog.MemberOut(_logger, origin, server, reason);
        else
            ProxyLog.MemberBack(_logger, origin, server);
    }
}
