using System.Text;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>An origin that listens on a UNIX socket: unix: and its path.</summary>
internal static class UnixOrigin
{
    // sizeof(sun_path) of unix(7), without the zero at its end.
    private const int PathBytesMaximum = 107;

    // The scheme's own, which the Host of requests needn't tell.
    private const int Port = 80;

    public static bool Is(string text) => text.StartsWith(OriginOptions.UnixPrefix, StringComparison.Ordinal);

    /// <param name="text">With the prefix.</param>
    /// <returns>Null where there can be no such socket.</returns>
    public static OriginOptions? Read(string text, out string error)
    {
        var path = text[OriginOptions.UnixPrefix.Length..];
        error = $"'{text}' is no origin; write {OriginOptions.UnixPrefix} and the absolute path of a socket, such as unix:/run/app.sock.";
        if (path is not ['/', _, ..] || path[^1] == '/' || path.Any(char.IsControl))
            return null;
        if (Encoding.UTF8.GetByteCount(path) is var bytes and > PathBytesMaximum)
        {
            error = $"'{text}' has a path of {bytes} bytes, and a UNIX socket's has {PathBytesMaximum} at most; have the origin listen "
                + "on a shorter one.";
            return null;
        }

        return new OriginOptions { Host = text, Port = Port };
    }
}
