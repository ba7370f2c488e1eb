using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>What a request tells the origin, and from where: an error may lie in either.</summary>
/// <param name="Fields">The lines that are forwarded, byte for byte, but for those that name the client's address. It is a hash, since
/// thousands may wait, whose lines may be long.</param>
/// <param name="Length">Of these lines, in bytes.</param>
/// <param name="Address">The addresses that are forwarded.</param>
/// <param name="Network">Where the client is, whatever it has added to them.</param>
internal readonly record struct RequestForm(KeyHash Fields, int Length, KeyHash Address, string Network)
{
    public static RequestForm Of(RequestHead request, ForwardedClient client, PathRule? rule, ForwardedFields forwarded)
    {
        var fields = forwarded.Build(request, client, shared: true, rule?.RequestFields);
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

    /// <summary>Those who wait, by what their requests say, the most ordinary form first: that of the most, then the shortest. Within one,
    /// another network than that of the last error is first, then another address.</summary>
    public static List<FetchTicket[]> Group(FetchTicket[] tickets, FetchPlan plan, ForwardedFields fields) =>
        [.. tickets.Select(ticket => (Ticket: ticket, Form: Of(ticket.Request, ticket.Client, plan.Rule, fields)))
            .GroupBy(each => each.Form.Fields)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.First().Form.Length)
            .Select(group => group.OrderBy(each => each.Form.Network == plan.ErrorSource?.Network)
                .ThenBy(each => each.Form.Address == plan.ErrorSource?.Address).Select(each => each.Ticket).ToArray())];
}
