using System.CommandLine;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Hosting.Memory;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The options of a proxy, by area: those it is started with, and those it is examined with, have the same defaults.</summary>
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
    private readonly LogOptionGroup _log = new();
    private readonly OperatorOptionGroup _operators = new();
    private readonly TakeoverOptionGroup _takeover = new();
    private readonly WorkerOptionGroup _workers = new();

    /// <summary>The file of <c>--config</c>, for its rules; null where none is named.</summary>
    public ConfigFile? Config { get; set; }

    public void AddTo(Command command)
    {
        OptionGroup[] groups =
        [
            _listeners, _origin, _certificates, _clients, _tls, _handshakes, _cache, _deadlines,
            _connections, _log, _operators, _takeover, _workers,
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
            Origin = _origin.Bind(parsed) with { DropsTransportSecurity = listeners.StrictTransportSecurity is not null },
            Cache = BindCache(parsed),
            Deadlines = _deadlines.Bind(parsed),
            DrainTimeout = _deadlines.BindDrain(parsed),
            ConnectionsMax = _connections.Bind(parsed),
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
            .. IdleOptions.Of(parsed, ofTls.SelectMany(group => group.Options).Select(one => one.Option.Name)),
        ];
    }

    public string? BindLibSsl(ParseResult parsed) => _tls.BindLibSsl(parsed);

    public TlsEngine? BindEngine(ParseResult parsed) => _tls.BindEngine(parsed);

    /// <summary>The size of response for which the kernel's records have to be cheaper.</summary>
    public long BindKtlsThreshold(ParseResult parsed) => _tls.BindDecidingThreshold(parsed);

    /// <summary>The origin, or null where none is named.</summary>
    public OriginOptions? BindOrigin(ParseResult parsed) => _origin.TryBind(parsed);

    public CertificateOptions BindCertificates(ParseResult parsed) => _certificates.Bind(parsed);

    /// <summary>How much memory a proxy with these options may take in this process.</summary>
    /// <exception cref="StartException">Options don't fit together, or there are too few descriptors for them.</exception>
    public MemoryShape BindMemory(ParseResult parsed)
    {
        var workers = _workers.Bind(parsed).Count;
        var budget = DescriptorBudget.OfProcess(workers, _listeners.Bind(parsed).Addresses.Count, _connections.Bind(parsed));
        return new MemoryShape
        {
            CacheBytes = BindCache(parsed).Bytes,
            Workers = workers,
            Connections = budget.Clients,
            Handshakes = _handshakes.Bind(parsed).HeldMaximum,
            UnwatchedRequests = FetchLimits.UnwatchedOf(budget.Origin) + FetchLimits.RefreshesMaximum,
        };
    }

    private CacheOptions BindCache(ParseResult parsed) => _cache.Bind(parsed, RuleFile.Read(Config));
}
