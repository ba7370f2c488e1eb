using System.Buffers.Text;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>Scheme, name and port at the beginning of an http or https URL, or of one that leaves out its scheme (RFC 3986, sections 3.2
/// and 4.2).</summary>
internal readonly ref struct UrlAuthority
{
    /// <summary>The default port of http.</summary>
    public const int HttpPort = 80;

    private const int HttpsPort = 443;

    /// <summary>Null where the URL begins with <c>//</c>.</summary>
    public bool? IsHttps { get; private init; }

    /// <summary>The name or address; an IPv6 address keeps its brackets.</summary>
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>Null where the URL names none.</summary>
    public int? Port { get; private init; }

    /// <summary>Bytes up to the path.</summary>
    public int Length { get; private init; }

    /// <summary>The port that the URL leads to.</summary>
    /// <param name="isHttps">The scheme where the URL leaves it out.</param>
    public int PortOr(bool isHttps) => Port ?? (IsHttps ?? isHttps ? HttpsPort : HttpPort);

    /// <returns>False for relative references, other schemes, user information and what is no authority.</returns>
    public static bool TryRead(ReadOnlySpan<byte> url, out UrlAuthority authority)
    {
        authority = default;
        bool? isHttps = StartsWith(url, "https://"u8) ? true : StartsWith(url, "http://"u8) ? false : null;
        var start = isHttps switch
        {
            true => "https://"u8.Length,
            false => "http://"u8.Length,
            null => StartsWith(url, "//"u8) ? "//"u8.Length : -1,
        };
        if (start < 0)
            return false;
        var end = url[start..].IndexOfAny("/?#"u8);
        var length = end < 0 ? url.Length : start + end;
        return TryReadHost(url[start..length], out var name, out var port)
            && Set(out authority, new UrlAuthority { IsHttps = isHttps, Name = name, Port = port, Length = length });
    }

    /// <summary>Reads a value of the Host field.</summary>
    public static bool TryReadHost(ReadOnlySpan<byte> host, out ReadOnlySpan<byte> name, out int? port)
    {
        name = default;
        port = null;
        if (!HostField.IsValid(host))
            return false;
        name = HostField.NameOf(host);
        if (host.Length > name.Length + 1 && Utf8Parser.TryParse(host[(name.Length + 1)..], out int number, out _))
            port = number;
        return true;
    }

    private static bool StartsWith(ReadOnlySpan<byte> url, ReadOnlySpan<byte> prefix) =>
        url.Length > prefix.Length && Ascii.EqualsIgnoreCase(url[..prefix.Length], prefix);

    private static bool Set(out UrlAuthority place, UrlAuthority value)
    {
        place = value;
        return true;
    }
}
