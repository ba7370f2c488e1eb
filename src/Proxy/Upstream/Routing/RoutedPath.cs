using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>A path as routes see it: decoded, with dot segments resolved and slashes merged, as nginx matches its locations. One spelling
/// of a path can't reach an origin that the others don't.</summary>
internal static class RoutedPath
{
    private const PathFeatures Reading = PathFeatures.Dots | PathFeatures.EmptySegments | PathFeatures.EncodedSlashes;

    /// <summary>The path of a target as it is written.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        return query < 0 ? target : target[..query];
    }

    /// <summary>Reads a path. Only one that isn't plain costs memory.</summary>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> path)
    {
        if (PathReading.IsPlain(path))
            return path;
        var read = new byte[path.Length];
        return read.AsSpan(0, PathReading.Write(path, Reading, read));
    }
}
