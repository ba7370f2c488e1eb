using System.Text;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Fetching.Forwarding;

/// <summary>Makes URLs that name the origin in Location, Content-Location and Refresh name the client's scheme and host, so that a client
/// stays with the proxy, and takes back what the route has changed of the path. It is done once, before the response is stored: the key has
/// the scheme and host that are written.</summary>
internal static class RedirectFields
{
    /// <param name="route">Where the request went; it may leave redirects as they are.</param>
    /// <param name="fields">The fields of the response.</param>
    /// <param name="request">The client's request.</param>
    /// <param name="sent">The fields that the origin was sent.</param>
    public static void Rewrite(OriginRoute route, FieldTable fields, RequestHead request, FieldTable sent)
    {
        if (!route.RewritesRedirects || !sent.TryGet(KnownField.Host, out var hostSent)
            || !UrlAuthority.TryReadHost(request.Host, out _, out _))
            return;
        var index = 0;
        for (var left = fields.Count; left > 0; left--)
        {
            var start = StartOfUrl(fields, index);
            if (start >= 0 && Replacement(route, fields.Value(index)[start..], request, hostSent) is { } url)
            {
                byte[] replaced = [.. fields.Value(index)[..start], .. url];
                var named = fields.Name(index).ToArray();
                fields.Remove(index);
                fields.Add(named, replaced);
            }
            else
            {
                index++;
            }
        }
    }

    /// <summary>Where a field's URL begins; -1 for fields without one.</summary>
    private static int StartOfUrl(FieldTable fields, int index)
    {
        if (fields.Known(index) is KnownField.Location or KnownField.ContentLocation)
            return 0;
        return Ascii.EqualsIgnoreCase(fields.Name(index), "Refresh"u8) ? StartInRefresh(fields.Value(index)) : -1;
    }

    /// <summary>The URL of Refresh follows a number of seconds, a semicolon, comma or white space alone, and mostly <c>url=</c> and a quote
    /// (HTML, section 4.2.5.3).</summary>
    private static int StartInRefresh(ReadOnlySpan<byte> value)
    {
        var start = value.IndexOfAny(";, \t"u8);
        if (start < 0)
            return -1;
        start = SkipSpace(value, start);
        if (start < value.Length && value[start] is (byte)';' or (byte)',')
            start = SkipSpace(value, start + 1);
        if (value.Length >= start + 3 && Ascii.EqualsIgnoreCase(value.Slice(start, 3), "url"u8))
        {
            var equals = SkipSpace(value, start + 3);
            if (equals < value.Length && value[equals] == (byte)'=')
                start = SkipSpace(value, equals + 1);
        }

        return start < value.Length && value[start] is (byte)'"' or (byte)'\'' ? start + 1 : start;
    }

    private static int SkipSpace(ReadOnlySpan<byte> value, int start)
    {
        while (start < value.Length && value[start] is (byte)' ' or (byte)'\t')
            start++;
        return start;
    }

    /// <returns>Null where the URL doesn't name the origin, or is the client's already.</returns>
    private static byte[]? Replacement(OriginRoute route, ReadOnlySpan<byte> url, RequestHead request, ReadOnlySpan<byte> hostSent)
    {
        if (url is [(byte)'/', ..] and not [_, (byte)'/', ..])
            return route.PathOfClients(url);
        if (!UrlAuthority.TryRead(url, out var authority) || !IsOrigin(route, authority, request, hostSent))
            return null;
        var scheme = authority.IsHttps is null ? ""u8 : request.IsHttps ? "https:"u8 : "http:"u8;
        byte[] named = [.. scheme, .. "//"u8, .. CacheKey.HostOf(request)];
        var path = url[authority.Length..];
        if (route.PathOfClients(path) is { } restored)
            return [.. named, .. restored];
        return Ascii.EqualsIgnoreCase(url[..authority.Length], named) ? null : [.. named, .. path];
    }

    /// <summary>Whether a URL names the origin: by the name and port of a server, or by the host that it was sent with a server's port or
    /// the one sent. https that the client doesn't speak is a redirect to it, and stays, unless it names a server that is spoken to with
    /// TLS and that isn't the client's host.</summary>
    private static bool IsOrigin(OriginRoute route, UrlAuthority authority, RequestHead request, ReadOnlySpan<byte> hostSent)
    {
        var isHttps = request.IsHttps;
        var port = authority.PortOr(route.IsHttps);
        if (authority.IsHttps is true && !isHttps)
        {
            return route.IsHttps && route.IsServer(authority.Name, port)
                && UrlAuthority.TryReadHost(request.Host, out var asked, out _) && !Ascii.EqualsIgnoreCase(authority.Name, asked);
        }

        if (route.IsServer(authority.Name, port))
            return true;
        if (!UrlAuthority.TryReadHost(hostSent, out var name, out var portSent) || !Ascii.EqualsIgnoreCase(authority.Name, name))
            return false;
        return route.IsPort(port) || authority.Port == portSent
            || (authority.IsHttps is false && isHttps && authority.Port is null or UrlAuthority.HttpPort);
    }
}
