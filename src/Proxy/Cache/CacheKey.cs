using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The primary key: host in lower case without a default port, and the raw target, query included, unless a rule makes one of several.</summary>
internal static class CacheKey
{
    /// <summary>Characters of the key of a request at most.</summary>
    public static int LengthMaximum(RequestHead request) => request.Host.Length + request.Target.Length;

    /// <summary>Writes the key, one character a byte.</summary>
    /// <returns>Its length.</returns>
    public static int Write(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, PathRule? rule, Span<char> destination)
    {
        Ascii.ToLower(WithoutDefaultPort(host), destination, out var length);
        return length + (rule?.Key is { } normalization
            ? normalization.Write(target, destination[length..])
            : Encoding.Latin1.GetChars(target, destination[length..]));
    }

    public static string Of(RequestHead request, PathRule? rule) => Of(request.Host, request.Target, rule);

    public static string Of(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, PathRule? rule)
    {
        var buffer = new char[host.Length + target.Length];
        return new string(buffer, 0, Write(host, target, rule, buffer));
    }

    /// <summary>The authority without a port that http or https imply.</summary>
    public static ReadOnlySpan<byte> WithoutDefaultPort(ReadOnlySpan<byte> host) =>
        host.EndsWith(":443"u8) ? host[..^4] : host.EndsWith(":80"u8) ? host[..^3] : host;
}
