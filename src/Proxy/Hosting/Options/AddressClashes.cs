using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Options of one start that name one port of one address.</summary>
internal static class AddressClashes
{
    /// <exception cref="StartException">Two of the addresses can't be listened on at once.</exception>
    public static void Refuse(IReadOnlyList<ListenAddress> addresses)
    {
        for (var i = 0; i < addresses.Count; i++)
        {
            foreach (var other in addresses.Skip(i + 1))
            {
                if (Clash(addresses[i].EndPoint, other.EndPoint))
                {
                    throw new StartException(
                        $"{addresses[i].Option} {addresses[i]} and {other.Option} {other} name the same port; give one of them another.");
                }
            }
        }
    }

    private static bool Clash(IPEndPoint one, IPEndPoint other) =>
        one.Port != 0 && one.Port == other.Port
        && (one.Address.Equals(other.Address) || Covers(one.Address, other.Address) || Covers(other.Address, one.Address));

    /// <summary>Whether an address stands for the other one, too: a socket at [::] takes connections of IPv4.</summary>
    private static bool Covers(IPAddress any, IPAddress address) =>
        any.Equals(IPAddress.IPv6Any) || (any.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork);
}
