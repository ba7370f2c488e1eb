using System.Text;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The primary key, the target URI (RFC 9111, section 2): a letter for the scheme, the host in lower case without the scheme's
/// default port, and the target, query included, as it is or as a rule normalises it. The origin is asked for what is keyed.</summary>
internal static class CacheKey
{
    private const char Https = 's';
    private const char Http = 'h';

    /// <summary>Characters of the key of a request at most.</summary>
    public static int LengthMaximum(RequestHead request) => 1 + request.Host.Length + request.Target.Length;

    /// <summary>Writes the key, one character a byte.</summary>
    /// <returns>Its length.</returns>
    public static int Write(bool isHttps, ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, PathRule? rule, Span<char> destination)
    {
        destination[0] = isHttps ? Https : Http;
        Ascii.ToLower(HostField.WithoutDefaultPort(isHttps, host), destination[1..], out var length);
        length++;
        return length + (rule?.Key is { } normalization
            ? normalization.Write(target, destination[length..])
            : Encoding.Latin1.GetChars(target, destination[length..]));
    }

    public static string Of(RequestHead request, PathRule? rule) => Of(request.IsHttps, request.Host, request.Target, rule);

    public static string Of(bool isHttps, ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, PathRule? rule)
    {
        var buffer = new char[1 + host.Length + target.Length];
        return new string(buffer, 0, Write(isHttps, host, target, rule, buffer));
    }

    /// <summary>The host of a request as its key names it, and as it is forwarded.</summary>
    public static byte[] HostOf(RequestHead request)
    {
        var host = HostField.WithoutDefaultPort(request.IsHttps, request.Host).ToArray();
        Ascii.ToLowerInPlace(host, out _);
        return host;
    }

    /// <summary>The keys of a target for both schemes: a change of one is taken for a change of the other.</summary>
    /// <param name="isHttps">The scheme whose default port the host may name.</param>
    public static string[] OfBothSchemes(bool isHttps, ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, PathRule? rule)
    {
        host = HostField.WithoutDefaultPort(isHttps, host);
        return [Of(isHttps: false, host, target, rule), Of(isHttps: true, host, target, rule)];
    }
}
