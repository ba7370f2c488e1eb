using System.CommandLine;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The options behind <see cref="OriginOptions"/>.</summary>
internal sealed class OriginOptionGroup : OptionGroup
{
    private readonly Option<OriginOptions> _origin;
    private readonly Option<string?> _host;
    private readonly Option<TimeSpan> _connectTimeout;
    private readonly Option<TimeSpan> _timeout;
    private readonly Option<int> _connections;
    private readonly Option<string> _rewriteRedirects;

    /// <param name="isRequired">Whether a command line without an origin has an error.</param>
    public OriginOptionGroup(bool isRequired)
        : base(HelpSection.Origin)
    {
        _origin = Add(new Option<OriginOptions>("--origin")
        {
            Description = "Where misses go, as http://host:port, https://host:port or unix:/path.",
            Required = isRequired,
            CustomParser = result => Read(result, OptionValues.Origin(TextOf(result), out var error), error),
        });
        _host = Add(new Option<string?>("--origin-host")
        {
            Description = "Host sent to the origin; by default the client's own.",
            CustomParser = result => Read(result, OptionValues.Host(TextOf(result), out var error), error),
        });
        _connectTimeout = TimeLimit(
            "--origin-connect-timeout", "Time for a connection to the origin, within --origin-timeout.", TimeSpan.FromSeconds(5));
        _timeout = TimeLimit(
            "--origin-timeout", "Time for the head of the origin's response, connecting included, and without a byte of its body.",
            TimeSpan.FromSeconds(60));
        _connections = Number(
            "--origin-connections",
            "Connections to a server of the origin at once, over all workers, as far as descriptors allow; further requests wait for one.",
            OriginOptions.DefaultConnections, 1, OriginOptions.DefaultConnections);
        _rewriteRedirects = Choice(
            "--rewrite-redirects",
            "URLs that name the origin in Location, Content-Location and Refresh get the client's scheme and host (on), or stay (off).",
            "on", "off");
    }

    /// <summary>Of https origins.</summary>
    public OriginTlsOptionGroup Tls { get; } = new();

    /// <summary>Whether a command line without an origin has an error.</summary>
    public bool IsRequired
    {
        set => _origin.Required = value;
    }

    /// <summary>The origin where one is named, else null.</summary>
    public OriginOptions? TryBind(ParseResult parsed) => parsed.GetValue(_origin) is { } origin ? Complete(parsed, origin) : null;

    /// <summary>Gives the options of a server what the command line says of all origins.</summary>
    public OriginOptions Complete(ParseResult parsed, OriginOptions origin) => origin with
    {
        HostSent = parsed.GetValue(_host),
        ConnectTimeout = parsed.GetRequiredValue(_connectTimeout),
        ResponseTimeout = parsed.GetRequiredValue(_timeout),
        IdleTimeout = parsed.GetRequiredValue(_timeout),
        Tls = origin.Tls is null ? null : Tls.Bind(parsed),
        ConnectionsMax = parsed.GetRequiredValue(_connections),
        RewritesRedirects = parsed.GetRequiredValue(_rewriteRedirects) == "on",
    };
}
