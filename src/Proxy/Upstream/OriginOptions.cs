using System.Globalization;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Upstream;

/// <summary>The origin behind the proxy and how long it is waited for.</summary>
internal sealed record OriginOptions
{
    /// <summary>The most connections to the server at a time, unless said otherwise.</summary>
    public const int DefaultConnections = 4096;

    /// <summary>What stands before the path of a UNIX socket.</summary>
    public const string UnixPrefix = "unix:";

    // Of origins on this machine that have no other name.
    private const string NameOfUnix = "localhost";

    /// <summary>Name or address of the origin; an IPv6 address without brackets. Or <see cref="UnixPrefix"/> and a path.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>How it is verified; null for an http origin.</summary>
    public OriginTlsOptions? Tls { get; init; }

    /// <summary>The origin listens on a UNIX socket.</summary>
    public bool IsUnix => Host.StartsWith(UnixPrefix, StringComparison.Ordinal);

    /// <summary>Host and port as in a URL; an IPv6 address has its brackets. A UNIX socket is localhost.</summary>
    public string Authority => IsUnix ? NameOfUnix : string.Create(CultureInfo.InvariantCulture, $"{Name}:{Port}");

    /// <summary>The host as in a URL.</summary>
    public string Name => IsUnix ? NameOfUnix : Host.Contains(':') ? $"[{Host}]" : Host;

    /// <summary>As in the option.</summary>
    public string Url => IsUnix ? Host : $"{(Tls is null ? "http" : "https")}://{Authority}";

    /// <summary>The server in words of the log, unlike that of any other: its host and port, or the path of its socket.</summary>
    public string Label => IsUnix ? Host : Authority;

    /// <summary>URLs in redirects that name the origin become the client's.</summary>
    public bool RewritesRedirects { get; init; } = true;

    /// <summary>The Host the origin is given, or null for the client's own.</summary>
    public string? HostSent { get; init; }

    /// <summary>The origin's Strict-Transport-Security isn't passed on: the proxy, which has the certificate, speaks for it.</summary>
    public bool DropsTransportSecurity { get; init; }

    /// <summary>How long a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Limit for the response head, counted from the beginning of the request with the connect and a retry, or from the end of
    /// the request's body. It is the limit for each write of that body too.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the origin is waited for to ask for a body by 100 Continue before it gets it unasked
    /// (RFC 9110, section 10.1.1).</summary>
    public TimeSpan ContinueTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the response body may stand still.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long an unused connection is kept. Below the origin's own time, or requests meet closed connections: Node's is 5
    /// seconds.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The age at which a connection carries no further request: the origin's name may have other addresses by then.</summary>
    public TimeSpan ConnectionAgeMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most connections to the server at a time, over all loops. Descriptors may allow fewer.</summary>
    public int ConnectionsMax { get; init; } = DefaultConnections;

    /// <summary>Where connections find descriptors when they are short; null where they never are.</summary>
    public SpareDescriptors? Spare { get; init; }

    /// <summary>The largest response head taken, in KiB.</summary>
    public int HeadKibibytesMax { get; init; } = 64;
}
