using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching;

/// <summary>References in Location and Content-Location, resolved against a request's target (RFC 3986, section 5.2).</summary>
internal static class TargetReference
{
    /// <summary>The target a reference names on the same host, or null where it leads elsewhere:
    /// only what belongs to the same origin may be invalidated (RFC 9111, section 4.4).</summary>
    /// <param name="isHttps">The scheme of the request.</param>
    public static byte[]? Resolve(bool isHttps, ReadOnlySpan<byte> host, ReadOnlySpan<byte> target, ReadOnlySpan<byte> reference)
    {
        var fragment = reference.IndexOf((byte)'#');
        if (fragment >= 0)
            reference = reference[..fragment];
        if (reference.IsEmpty)
            return target.ToArray();
        if (target is not [(byte)'/', ..])
            return null;
        var isOfHttps = isHttps;
        if (Scheme(reference) is var scheme and > 0)
        {
            // The scheme decides which port is the default. The target that results is invalidated for both schemes.
            isOfHttps = Ascii.EqualsIgnoreCase(reference[..scheme], "https:"u8);
            if (!isOfHttps && !Ascii.EqualsIgnoreCase(reference[..scheme], "http:"u8))
                return null;
            reference = reference[scheme..];
            if (!reference.StartsWith("//"u8))
                return null;
        }

        if (reference.StartsWith("//"u8))
        {
            var authority = reference[2..];
            var end = authority.IndexOfAny("/?"u8);
            reference = end < 0 ? default : authority[end..];
            authority = end < 0 ? authority : authority[..end];
            if (!Ascii.EqualsIgnoreCase(HostField.WithoutDefaultPort(isOfHttps, authority), HostField.WithoutDefaultPort(isHttps, host)))
                return null;
            if (reference.IsEmpty || reference[0] == '?')
                return [(byte)'/', .. reference];
        }

        return reference[0] == '/' ? WithoutDots(reference) : Merge(target, reference);
    }

    /// <summary>A reference relative to the target's folder, or to its path where it is a query only.</summary>
    private static byte[] Merge(ReadOnlySpan<byte> target, ReadOnlySpan<byte> reference)
    {
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        if (reference[0] == '?')
            return [.. path, .. reference];
        return WithoutDots([.. path[..(path.LastIndexOf((byte)'/') + 1)], .. reference]);
    }

    private static byte[] WithoutDots(ReadOnlySpan<byte> target)
    {
        var mark = target.IndexOf((byte)'?');
        var path = mark < 0 ? target : target[..mark];
        var segments = new List<byte[]>();
        var ends = true;
        foreach (var range in path[1..].Split((byte)'/'))
        {
            var segment = path[1..][range];
            ends = segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8);
            if (!ends)
                segments.Add(segment.ToArray());
            else if (segment.Length == 2 && segments.Count > 0)
                segments.RemoveAt(segments.Count - 1);
        }

        var resolved = new MemoryStream();
        foreach (var segment in segments)
        {
            resolved.WriteByte((byte)'/');
            resolved.Write(segment);
        }

        // A path that ends in a dot segment names the folder.
        if (ends)
            resolved.WriteByte((byte)'/');
        resolved.Write(mark < 0 ? default : target[mark..]);
        return resolved.ToArray();
    }

    /// <summary>Bytes of a scheme with its colon, or 0.</summary>
    private static int Scheme(ReadOnlySpan<byte> reference)
    {
        var colon = reference.IndexOf((byte)':');
        return colon > 0 && reference.IndexOfAny("/?"u8) is var other && (other < 0 || colon < other) ? colon + 1 : 0;
    }
}
