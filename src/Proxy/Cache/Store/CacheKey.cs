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

    // Keys of as many characters are made without an array.
    private const int UsualLength = 512;

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
        var length = 1 + host.Length + target.Length;
        Span<char> buffer = length <= UsualLength ? stackalloc char[UsualLength] : new char[length];
        return new string(buffer[..Write(isHttps, host, target, rule, buffer)]);
    }

    /// <summary>The host of a request as its key names it, and as it is forwarded.</summary>
    public static byte[] HostOf(RequestHead request)
    {
        var host = new byte[request.Host.Length];
        return HostOf(request, host).ToArray();
    }

    /// <summary>The same in memory of the caller's.</summary>
    /// <param name="memory">At least as many bytes as the Host field has.</param>
    public static ReadOnlySpan<byte> HostOf(RequestHead request, Span<byte> memory)
    {
        var host = HostField.WithoutDefaultPort(request.IsHttps, request.Host);
        host.CopyTo(memory);
        Ascii.ToLowerInPlace(memory[..host.Length], out _);
        return memory[..host.Length];
    }

    /// <summary>The keys of a target for both schemes: a change of one is taken for a change of the other.</summary>
    /// <param name="isHttps">The scheme whose default port the host may name.</param>
    public static string[] OfBothSchemes(bool isHttps, ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, PathRule? rule)
    {
        host = HostField.WithoutDefaultPort(isHttps, host);
        return [Of(isHttps: false, host, target, rule), Of(isHttps: true, host, target, rule)];
    }
}
