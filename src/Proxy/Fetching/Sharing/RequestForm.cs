using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>What a request tells the origin, and from where: an error may lie in either.</summary>
/// <param name="Fields">The lines that are forwarded, byte for byte, but for those that name the client's address. It is a hash, since
/// thousands may wait, whose lines may be long.</param>
/// <param name="Length">Of these lines, in bytes.</param>
/// <param name="Address">The addresses that are forwarded.</param>
/// <param name="Network">Where the client is, whatever it has added to them.</param>
internal sealed record RequestForm(KeyHash Fields, int Length, KeyHash Address, string Network)
{
    public static RequestForm Of(
        RequestHead request, OriginRoute route, ForwardedClient client, PathRule? rule, ForwardedFields forwarded)
    {
        var fields = forwarded.Build(request, route, client, shared: true, rule?.RequestFields);
        var (lines, address) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < fields.Count; i++)
        {
            (NamesAddress(fields.Name(i)) ? address : lines).Append(Encoding.Latin1.GetString(fields.Name(i))).Append(':')
                .Append(Encoding.Latin1.GetString(fields.Value(i))).Append('\n');
        }

        return new RequestForm(
            KeyHash.Of(lines.ToString()), lines.Length, KeyHash.Of(address.ToString()), ClientNetwork.Of(request, client));
    }

    /// <summary>Whether a field tells the origin the client's address.</summary>
    public static bool NamesAddress(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, "X-Forwarded-For"u8) || Ascii.EqualsIgnoreCase(name, "X-Real-IP"u8);
}
