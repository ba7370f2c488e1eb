using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache;

/// <summary>The primary key: host in lower case without a default port, and the raw target, query included.</summary>
internal static class CacheKey
{
    /// <summary>Characters of the key of a request at most.</summary>
    public static int LengthMaximum(RequestHead request) => request.Host.Length + request.Target.Length;

    /// <summary>Writes the key, one character a byte.</summary>
    /// <returns>Its length.</returns>
    public static int Write(RequestHead request, Span<char> destination)
    {
        var host = request.Host;
        if (host.EndsWith(":443"u8))
            host = host[..^4];
        else if (host.EndsWith(":80"u8))
            host = host[..^3];
        Ascii.ToLower(host, destination, out var length);
        return length + Encoding.Latin1.GetChars(request.Target, destination[length..]);
    }

    public static string Of(RequestHead request)
    {
        var buffer = new char[LengthMaximum(request)];
        return new string(buffer, 0, Write(request, buffer));
    }
}
