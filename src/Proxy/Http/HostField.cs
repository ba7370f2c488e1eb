using System.Buffers;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The Host field (RFC 9110, section 7.2): a name or address and an optional port. Of the names that RFC 3986 allows,
/// those with a comma or a percent sign are refused: a list or an encoding is read by some and not by others.</summary>
internal static class HostField
{
    private const int NameMaximum = 255;
    private const int PortMaximum = 65535;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("-._~!$&'()*+;=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    public static bool IsValid(ReadOnlySpan<byte> host)
    {
        if (host is [(byte)'[', ..])
        {
            var end = host.IndexOf((byte)']');
            return end > 2 && IsAddress(host[1..end]) && IsPort(host[(end + 1)..]);
        }

        var colon = host.IndexOf((byte)':');
        var name = colon < 0 ? host : host[..colon];
        return name.Length is > 0 and <= NameMaximum && !name.ContainsAnyExcept(NameBytes) && IsPort(host[name.Length..]);
    }

    /// <summary>The name or address without its port; an IPv6 address without its brackets.</summary>
    /// <param name="host">A valid value of the field.</param>
    /// <param name="isAddress">Whether it is an IP address. No name ends in a label of digits.</param>
    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> host, out bool isAddress)
    {
        isAddress = host[0] == (byte)'[';
        if (isAddress)
            return host[1..host.IndexOf((byte)']')];
        var colon = host.IndexOf((byte)':');
        var name = colon < 0 ? host : host[..colon];
        isAddress = !name[(name.LastIndexOf((byte)'.') + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9') && name[^1] != (byte)'.';
        return name;
    }

    /// <summary>An IPv6 address by its look: two colons at least, and no more than its longest form has.</summary>
    private static bool IsAddress(ReadOnlySpan<byte> address) =>
        address.Length <= 45 && !address.ContainsAnyExcept(AddressBytes) && address.Count((byte)':') is >= 2 and <= 8;

    /// <summary>A valid field without its port; an IPv6 address keeps its brackets.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> host)
    {
        var end = host[0] == (byte)'[' ? host.IndexOf((byte)']') + 1 : host.IndexOf((byte)':');
        return end < 0 ? host : host[..end];
    }

    /// <summary>The authority without the port that its scheme implies, or an empty one (RFC 9110, section 4.2.3). That of the other scheme
    /// is another server's.</summary>
    public static ReadOnlySpan<byte> WithoutDefaultPort(bool isHttps, ReadOnlySpan<byte> host)
    {
        if (host.EndsWith(":"u8))
            return host[..^1];
        return isHttps ? host.EndsWith(":443"u8) ? host[..^4] : host : host.EndsWith(":80"u8) ? host[..^3] : host;
    }

    /// <summary>Whether two authorities of one scheme name the same server.</summary>
    public static bool AreSame(bool isHttps, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        Ascii.EqualsIgnoreCase(WithoutDefaultPort(isHttps, left), WithoutDefaultPort(isHttps, right));

    private static bool IsPort(ReadOnlySpan<byte> suffix)
    {
        if (suffix.IsEmpty)
            return true;
        if (suffix[0] != (byte)':' || suffix.Length > 6)
            return false;
        var port = 0;
        foreach (var digit in suffix[1..])
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            port = (port * 10) + (digit - '0');
        }

        return port <= PortMaximum;
    }
}
