using System.CommandLine;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Hosting.Memory;
using TlsProxy.Proxy.Hosting.Options.Origins;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The options of a proxy, by area: those it is started with, and those it is examined with, have the same defaults.</summary>
/// <remarks>So many fields because each is one area of options.</remarks>
/// <param name="isServing">Whether options without which nothing is served are required.</param>
internal sealed class ServeOptionGroups(bool isServing)
{
    private readonly ListenerOptionGroup _listeners = new();
    private readonly CertificateOptionGroup _certificates = new();
    private readonly ClientAuthenticationOptionGroup _clients = new();
    private readonly TlsOptionGroup _tls = new();
    private readonly HandshakeOptionGroup _handshakes = new();
    private readonly OriginOptionGroup _origin = new(isServing);
    private readonly CacheOptionGroup _cache = new();
    private readonly DeadlineOptionGroup _deadlines = new();
    private readonly ConnectionOptionGroup _connections = new();
    private readonly TunnelOptionGroup _tunnels = new();
    private readonly LogOptionGroup _log = new();
    private readonly OperatorOptionGroup _operators = new();
    private readonly TakeoverOptionGroup _takeover = new();
    private readonly WorkerOptionGroup _workers = new();

    /// <summary>The file of <c>--config</c>, for its rules, origins and routes; null where none is named.</summary>
    public ConfigFile? Config
    {
        get;
        set
        {
            field = value;
            _origin.IsRequired = isServing && !OriginFile.HasRoutes(value);
        }
    }

    public void AddTo(Command command)
    {
        OptionGroup[] groups =
        [
            _listeners, _origin, _origin.Tls, _certificates, _clients, _tls, _handshakes, _cache, _deadlines,
            _connections, _tunnels, _log, _operators, _takeover, _workers,
        ];
        foreach (var group in groups)
            group.AddTo(command);
    }

    /// <summary>The options of a command line without errors.</summary>
    /// <exception cref="StartException">Options don't fit together.</exception>
    public ServeOptions Bind(ParseResult parsed)
    {
        var listeners = _listeners.Bind(parsed);
        AddressClashes.Refuse(_operators.BindAdmin(parsed) is { } admin ? [.. listeners.Addresses, admin] : listeners.Addresses);
        return new ServeOptions
        {
            Listeners = listeners,
            Tls = _tls.Bind(
                parsed, _certificates.Bind(parsed), _clients.Bind(parsed), listeners.Addresses.Any(address => address.Traits.IsTls)),
            Handshakes = _handshakes.Bind(parsed),
            Origins = BindOrigins(parsed, listeners.StrictTransportSecurity is not null),
            Cache = BindCache(parsed),
            Deadlines = _deadlines.Bind(parsed),
            DrainTimeout = _deadlines.BindDrain(parsed),
            ConnectionsMax = _connections.Bind(parsed),
            Tunnels = _tunnels.Bind(parsed),
            TunnelsMax = _tunnels.BindMost(parsed),
            Workers = _workers.Bind(parsed),
            Log = _log.Bind(parsed),
            Operators = _operators.Bind(parsed),
            Takeover = _takeover.Bind(parsed, listeners.Addresses),
        };
    }

    /// <summary>A sentence for each option that can hardly be meant, or that has no effect beside the others.</summary>
    /// <param name="processors">Those that the process may use.</param>
    /// <param name="memory">Bytes that it may use.</param>
    /// <exception cref="StartException">An option is wrong.</exception>
    public IReadOnlyList<string> Warn(ParseResult parsed, int processors, long memory)
    {
        OptionGroup[] ofTls = [_certificates, _clients, _tls, _handshakes];
        return
        [
            .. StartWarnings.Of(_operators.BindAdmin(parsed), _workers.Bind(parsed).Count, BindCache(parsed), processors, memory),
            .. IdleOptions.Of(
                parsed, ofTls.SelectMany(group => group.Options).Select(one => one.Option.Name),
                _origin.Tls.Options.Select(one => one.Option.Name), BindServers(parsed).Any(server => server.Tls is not null)),
        ];
    }

    public string? BindLibSsl(ParseResult parsed) => _tls.BindLibSsl(parsed);

    public TlsEngine? BindEngine(ParseResult parsed) => _tls.BindEngine(parsed);

    /// <summary>The size of response for which the kernel's records have to be cheaper.</summary>
    public long BindKtlsThreshold(ParseResult parsed) => _tls.BindDecidingThreshold(parsed);

    public CertificateOptions BindCertificates(ParseResult parsed) => _certificates.Bind(parsed);

    /// <summary>How much memory a proxy with these options may take in this process.</summary>
    /// <exception cref="StartException">Options don't fit together, or there are too few descriptors for them.</exception>
    public MemoryShape BindMemory(ParseResult parsed)
    {
        var workers = _workers.Bind(parsed).Count;
        var budget = DescriptorBudget.OfProcess(
            workers, _listeners.Bind(parsed).Addresses.Count, _connections.Bind(parsed), _tunnels.BindMost(parsed));
        return new MemoryShape
        {
            CacheBytes = BindCache(parsed).Bytes,
            Workers = workers,
            Connections = budget.Clients,
            Handshakes = _handshakes.Bind(parsed).HeldMaximum,
            UnwatchedRequests = FetchLimits.UnwatchedOf(budget.Requests) + FetchLimits.RefreshesMaximum,
        };
    }

    /// <summary>Every server that requests may go to, as it is asked; none where none is named.</summary>
    /// <exception cref="StartException">The file is wrong.</exception>
    public IReadOnlyList<OriginOptions> BindServers(ParseResult parsed)
    {
        var clusters = OriginFile.Read(Config, server => _origin.Complete(parsed, server)).Select(rule => rule.Route.Cluster).Distinct();
        var named = clusters.SelectMany(cluster => cluster.Members).Select(member => member.Options);
        return _origin.TryBind(parsed) is { } origin ? [origin, .. named] : [.. named];
    }

    private OriginSet BindOrigins(ParseResult parsed, bool dropsTransportSecurity)
    {
        var rest = _origin.TryBind(parsed) is { } origin
            ? new OriginRoute(origin with { DropsTransportSecurity = dropsTransportSecurity })
            : null;
        var rules = OriginFile.Read(
            Config, server => _origin.Complete(parsed, server) with { DropsTransportSecurity = dropsTransportSecurity });
        if (rest is null && !rules.Any(rule => rule.MatchesAll))
        {
            throw new StartException(
                $"--origin is missing, and the {OriginFile.Routes} of {Config?.Path} don't match every request; name an origin for the "
                + "others, or add a route with neither host nor path.");
        }

        OriginRoute[] routes = [.. rest is null ? [] : (OriginRoute[])[rest], .. rules.Select(rule => rule.Route)];
        return new OriginSet([.. routes.Select(route => route.Cluster).Distinct()], new RouteTable(rules, rest));
    }

    private CacheOptions BindCache(ParseResult parsed) => _cache.Bind(parsed, RuleFile.Read(Config));
}
