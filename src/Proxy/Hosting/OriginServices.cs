using Microsoft.Extensions.Logging;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Health;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Proxy.Upstream.Ring.Tls;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Puts the origins together. Each worker asks them on its own loop; how their members are doing, their addresses and their health
/// checks are the same for all.</summary>
internal sealed class OriginServices : IDisposable
{
    private readonly OriginSet _origins;
    private readonly OriginContexts _contexts;
    private readonly ChannelOptions _channel;
    private readonly KtlsFirsts _firsts = new();
    private readonly SpareDescriptors _spare;
    private readonly FaultLedger _faults;
    private readonly ILogger _logger;
    private readonly OriginShare _share;
    private readonly Dictionary<OriginCluster, ClusterState> _states = [];

    // By reference: two origins may name the same server.
    private readonly Dictionary<OriginOptions, OriginAddresses> _addresses = new(ReferenceEqualityComparer.Instance);

    // Guards the three lists: each worker adds its own as it starts.
    private readonly Lock _gate = new();
    private readonly List<SegmentPool> _memory = [];
    private readonly List<OriginChannels> _channels = [];
    private readonly List<HealthCheck> _checks = [];
    private HealthCheckThread? _health;

    /// <param name="channel">Of connections with TLS.</param>
    /// <exception cref="Workers.StartException">A file that an https origin names can't be used.</exception>
    /// <param name="connectionsMax">Connections to all origins together.</param>
    /// <param name="workers">How many loops ask them.</param>
    /// <param name="spare">Where connections find descriptors when they are short.</param>
    public OriginServices(
        OriginSet origins, ChannelOptions channel, int connectionsMax, int workers, SpareDescriptors spare,
        FaultLedger faults, ILogger logger)
    {
        _origins = origins;
        _contexts = new OriginContexts(OriginContexts.ServersOf(origins));
        _channel = channel;
        _spare = spare;
        _faults = faults;
        _logger = logger;
        _share = new OriginShare(connectionsMax / origins.MemberCount, workers);
        foreach (var cluster in origins.Clusters)
        {
            // The only server of --origin is asked whatever became of the requests before.
            if (cluster.Name is not null)
                _states.Add(cluster, new ClusterState(cluster, TimeProvider.System, OnChange));
            foreach (var member in cluster.Members)
            {
                var (host, port) = (member.Options.Host, member.Options.Port);
                _addresses.Add(member.Options, new OriginAddresses(host, port, TimeProvider.System, lookUp: null, faults));
            }
        }
    }

    /// <summary>The origins of the configuration file.</summary>
    public IReadOnlyList<ClusterState> Clusters =>
        [.. _origins.Clusters.Where(_states.ContainsKey).Select(cluster => _states[cluster])];

    /// <summary>The origins as the worker of a loop asks them; on that worker's thread.</summary>
    public IOrigin On(EventLoop loop)
    {
        // Heads of requests and bodies in pieces come and go all the time, so that each worker has its own.
        var memory = new SegmentPool();
        var channels = new OriginChannels(loop, memory, _channel, _firsts);
        var servers = new List<ILoopOrigin>();
        var balanced = new List<BalancedOrigin>();
        var dispatch = new OriginDispatch(_origins.Clusters, CreateCluster);
        lock (_gate)
        {
            // One worker asks for all whether the members are well.
            if (_memory.Count == 0)
                _checks.AddRange(balanced.SelectMany(origin => origin.Checks));
            _memory.Add(memory);
            _channels.Add(channels);
        }

        return new LoopOrigins(dispatch, servers);

        IOrigin CreateCluster(OriginCluster cluster)
        {
            if (!_states.TryGetValue(cluster, out var state))
                return CreateServer(cluster.Members[0].Options, hasSiblings: false);
            var hasSiblings = cluster.Members.Count > 1;
            balanced.Add(new BalancedOrigin(state, options => CreateServer(options, hasSiblings)));
            return balanced[^1];
        }

        IOrigin CreateServer(OriginOptions options, bool hasSiblings)
        {
            var services = new RingServices
            {
                Loop = loop,
                Memory = memory,
                Options = options with { Spare = _spare },
                Tls = _contexts.Of(options, channels),
                HasSiblings = hasSiblings,
            };
            servers.Add(new RingOrigin(services, _addresses[options], _share.Of(options.ConnectionsMax)));
            return servers[^1];
        }
    }

    /// <summary>Begins to ask the members whether they are well, where that is wanted. The workers have started.</summary>
    public void StartChecks()
    {
        lock (_gate)
        {
            if (_checks.Count > 0)
                _health = new HealthCheckThread(_checks, _faults);
        }
    }

    /// <summary>Whether an origin is spoken to with TLS.</summary>
    public bool HasTls => !_contexts.IsEmpty;

    /// <summary>What has become of the connections with TLS. Callable from any thread.</summary>
    public OriginTlsFigures ReadTls()
    {
        lock (_gate)
        {
            // A worker may be starting.
            return new OriginTlsFigures(
                _channels.Sum(each => each.Handshakes), _channels.Sum(each => each.Resumed), _channels.Sum(each => each.Failed),
                _channels.Sum(each => each.Counters.Transmit), _channels.Sum(each => each.Counters.Receive));
        }
    }

    /// <summary>Reads the files of authorities and certificates again.</summary>
    public void Reload() => _contexts.Reload(_logger);

    /// <summary>Begins no more checks. One that is under way ends with the loop that asks.</summary>
    public void StopChecks() => _health?.Dispose();

    public void Dispose()
    {
        _contexts.Dispose();
        lock (_gate)
        {
            foreach (var memory in _memory)
                memory.Dispose();
        }
    }

    private void OnChange(MemberChange change)
    {
        var (origin, server) = (change.Cluster.Name!, change.Member.Options.Label);
        if (change.Reason is { } reason)
            ProxyLog.MemberOut(_logger, origin, server, reason);
        else
            ProxyLog.MemberBack(_logger, origin, server);
    }
}
