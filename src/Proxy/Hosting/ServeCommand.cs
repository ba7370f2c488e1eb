using System.CommandLine;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting;

/// <summary><c>tlsproxy serve</c>: its options, by area.</summary>
internal sealed class ServeCommand : Command
{
    private readonly ListenerOptionGroup _listeners = new();
    private readonly CertificateOptionGroup _certificates = new();
    private readonly ClientAuthenticationOptionGroup _clients = new();
    private readonly TlsOptionGroup _tls = new();
    private readonly HandshakeOptionGroup _handshakes = new();
    private readonly OriginOptionGroup _origin = new();
    private readonly CacheOptionGroup _cache = new();
    private readonly DeadlineOptionGroup _deadlines = new();
    private readonly ConnectionOptionGroup _connections = new();
    private readonly OperatorOptionGroup _operators = new();
    private readonly TakeoverOptionGroup _takeover = new();
    private readonly WorkerOptionGroup _workers = new();

    public ServeCommand()
        : base("serve", "Serve.")
    {
        OptionGroup[] groups =
        [
            _listeners, _origin, _certificates, _clients, _tls, _handshakes, _cache, _deadlines,
            _connections, _operators, _takeover, _workers,
        ];
        foreach (var group in groups)
            group.AddTo(this);
        SetAction((parsed, cancellation) => ProxyHost.RunAsync(Bind(parsed), cancellation));
    }

    /// <summary>The options of a command line without errors.</summary>
    /// <exception cref="StartException">Options don't fit together.</exception>
    public ServeOptions Bind(ParseResult parsed)
    {
        var listeners = _listeners.Bind(parsed);
        return new ServeOptions
        {
            Listeners = listeners,
            Tls = _tls.Bind(
                parsed, _certificates.Bind(parsed), _clients.Bind(parsed), listeners.Addresses.Any(address => address.Traits.IsTls)),
            Handshakes = _handshakes.Bind(parsed),
            Origin = _origin.Bind(parsed) with { DropsTransportSecurity = listeners.StrictTransportSecurity is not null },
            Cache = _cache.Bind(parsed, RuleFile.Read(_operators.BindConfig(parsed))),
            Deadlines = _deadlines.Bind(parsed),
            DrainTimeout = _deadlines.BindDrain(parsed),
            ConnectionsMax = _connections.Bind(parsed),
            Workers = _workers.Bind(parsed),
            Operators = _operators.Bind(parsed),
            Takeover = _takeover.Bind(parsed, listeners.Addresses),
        };
    }
}
