using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>The network that a request comes from, as far as its client can't choose it: one client has one of them, however many
/// connections, addresses or forged fields it has.</summary>
internal static class ClientNetwork
{
    // What one site gets at least: its hosts may take any address of it (RFC 6177, section 2; RFC 8981).
    private const int SiteBytes = 8;

    /// <summary>Of a trusted proxy's client, the address that the proxy has added to X-Forwarded-For. What stands before it may be the
    /// client's own invention.</summary>
    public static string Of(RequestHead request, ForwardedClient client) =>
        Of(client.IsTrusted && LastOf(request.Fields) is { Length: > 0 } told ? told : client.Address);

    private static string Of(string address)
    {
        // Some proxies add the port, which each connection has of its own.
        if (!IPEndPoint.TryParse(address, out var end))
            return address;
        if (end.Address.IsIPv4MappedToIPv6)
            return end.Address.MapToIPv4().ToString();
        return end.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(end.Address.GetAddressBytes(), 0, SiteBytes)
            : end.Address.ToString();
    }

    private static string? LastOf(FieldTable fields)
    {
        string? last = null;
        for (var i = fields.Find(KnownField.XForwardedFor); i >= 0; i = fields.Find(KnownField.XForwardedFor, i + 1))
        {
            var value = fields.Value(i).TrimEnd(" \t,"u8);
            last = Encoding.Latin1.GetString(value[(value.LastIndexOf((byte)',') + 1)..].Trim(" \t"u8));
        }

        return last;
    }
}
