using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring.Naming;

/// <summary>Asks the resolver for the addresses of one name.</summary>
internal sealed class NameLookup(
    string host, int port, Func<string, CancellationToken, Task<IPAddress[]>> lookUp, FaultLedger faults)
{
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");

    /// <summary>The answer while the resolver has given none in time.</summary>
    public OriginNames Late => Failed(error: null);

    /// <summary>The one address of a host that is no name: a literal address, or <c>unix:</c> with a path. Null for a name.</summary>
    /// <exception cref="ArgumentException">The path is empty, or longer than sockaddr_un holds (unix(7)).</exception>
    public static OriginNames? WithoutLookup(string host, int port)
    {
        if (host.StartsWith(OriginOptions.UnixPrefix, StringComparison.Ordinal))
            return new OriginNames([new UnixDomainSocketEndPoint(host[OriginOptions.UnixPrefix.Length..])], null);
        return IPAddress.TryParse(host, out var address) ? new OriginNames([new IPEndPoint(address, port)], null) : null;
    }

    /// <summary>Asks once. The resolver can't be interrupted (getaddrinfo(3)), so the answer may take its time.</summary>
    public async Task<OriginNames> AskAsync()
    {
        try
        {
            var addresses = await lookUp(host, CancellationToken.None).ConfigureAwait(false);
            return addresses.Length == 0
                ? Failed(OriginTrouble.NameOf(new SocketException((int)SocketError.NoData)))
                : new OriginNames(ImmutableArray.CreateRange<EndPoint>(addresses.Select(address => new IPEndPoint(address, port))), null);
        }
        catch (SocketException unknown)
        {
            return Failed(OriginTrouble.NameOf(unknown));
        }
        catch (ArgumentException)
        {
            return Failed("the host name is invalid");
        }
        catch (Exception fault) when (faults.Contains(fault))
        {
            faults.Note("the lookup of an origin's name", fault);
            return Failed("the lookup failed");
        }
    }

    private OriginNames Failed(string? error) => new([], new OriginTrouble(_name, error));
}
