using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>What kind of client sends a request: its lines as they are forwarded, but for what tells clients of one kind apart. Cookies
/// count by their names, credentials by the names of their fields, addresses not at all.</summary>
internal static class RequestShape
{
    /// <param name="credentials">Fields that are credentials beside Authorization.</param>
    public static string Of(FetchTicket ticket, OriginRoute route, PathRule? rule, ForwardedFields forwarded, FieldNames credentials)
    {
        var fields = forwarded.Build(ticket.Request, route, ticket.Client, shared: true, rule?.RequestFields);
        var lines = new StringBuilder();
        for (var i = 0; i < fields.Count; i++)
        {
            var name = fields.Name(i);
            if (RequestForm.NamesAddress(name))
                continue;
            lines.Append(Encoding.Latin1.GetString(name)).Append(':');
            if (KnownFields.Of(name) == KnownField.Cookie)
                AppendCookieNames(lines, Encoding.Latin1.GetString(fields.Value(i)));
            else if (!IsSecret(name, ticket.Request.Fields, credentials))
                lines.Append(Encoding.Latin1.GetString(fields.Value(i)));
            lines.Append('\n');
        }

        return lines.ToString();
    }

    /// <summary>Clients of one kind may send theirs in any order.</summary>
    private static void AppendCookieNames(StringBuilder lines, string cookies)
    {
        var names = cookies.Split(';').Select(static cookie => cookie.IndexOf('=', StringComparison.Ordinal) is >= 0 and var end
            ? cookie[..end].Trim() : "");
        lines.AppendJoin(';', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    /// <summary>The lines that the proxy adds tell a client certificate.</summary>
    private static bool IsSecret(ReadOnlySpan<byte> name, FieldTable request, FieldNames credentials) =>
        KnownFields.Of(name) == KnownField.Authorization || credentials.Contains(name)
        || (request.Find(name) is >= 0 and var index && request.IsOurs(index));
}
