using System.Text;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Upstream;

/// <summary>An origin to which requests may go, and what they and their answers have to look like for its sake. Immutable: all threads
/// read it.</summary>
internal sealed class OriginRoute
{
    private readonly (byte[] Name, int Port)[] _names;
    private readonly byte[] _defaultHost;
    private readonly byte[]? _hostSent;
    private readonly PrefixChange _prefix;

    public OriginRoute(OriginOptions origin)
        : this(new OriginCluster(origin))
    {
    }

    /// <param name="prefix">What becomes of the path; null for nothing.</param>
    public OriginRoute(OriginCluster cluster, PrefixChange? prefix = null)
    {
        // But for their addresses, members have the same options.
        var first = cluster.Members[0].Options;
        Cluster = cluster;
        _prefix = prefix ?? PrefixChange.None;
        _names = [.. cluster.Members.Select(member => (Encoding.Latin1.GetBytes(member.Options.Name), member.Options.Port))];
        _defaultHost = Encoding.ASCII.GetBytes(first.Authority);
        _hostSent = first.HostSent is null ? null : Encoding.ASCII.GetBytes(first.HostSent);
        Authority = first.Authority;
        IsHttps = first.Tls is not null;
        RewritesRedirects = first.RewritesRedirects;
        DropsTransportSecurity = first.DropsTransportSecurity;
    }

    /// <summary>The servers that requests go to.</summary>
    public OriginCluster Cluster { get; }

    /// <summary>The name or address of the first server and its port, as in a URL.</summary>
    public string Authority { get; }

    /// <summary>The Host for a client of HTTP/1.0 that sent none.</summary>
    public ReadOnlySpan<byte> DefaultHost => _defaultHost;

    /// <summary>The servers speak TLS.</summary>
    public bool IsHttps { get; }

    /// <summary>URLs in redirects that name the origin become the client's.</summary>
    public bool RewritesRedirects { get; }

    /// <summary>The origin's Strict-Transport-Security isn't passed on: the proxy, which has the certificate, speaks for it.</summary>
    public bool DropsTransportSecurity { get; }

    /// <summary>The Host that the origin is given.</summary>
    /// <param name="host">The client's.</param>
    public ReadOnlySpan<byte> HostSent(ReadOnlySpan<byte> host) => _hostSent is null ? host : _hostSent;

    /// <summary>The target that the origin is asked for.</summary>
    /// <param name="target">The client's.</param>
    /// <returns>Empty where the origin can't be asked for it (<see cref="PrefixChange.Apply"/>).</returns>
    public ReadOnlyMemory<byte> TargetSent(ReadOnlyMemory<byte> target) => _prefix.Apply(target);

    /// <summary>The path by which clients reach a path of the origin; null where it is the same.</summary>
    public byte[]? PathOfClients(ReadOnlySpan<byte> path) => _prefix.TryRestore(path);

    /// <summary>Whether a name and port are those of one of the servers.</summary>
    /// <param name="name">With the brackets of an IPv6 address.</param>
    public bool IsServer(ReadOnlySpan<byte> name, int port)
    {
        foreach (var server in _names)
        {
            if (server.Port == port && Ascii.EqualsIgnoreCase(server.Name, name))
                return true;
        }

        return false;
    }

    /// <summary>Whether one of the servers has this port.</summary>
    public bool IsPort(int port) => Array.Exists(_names, server => server.Port == port);
}
