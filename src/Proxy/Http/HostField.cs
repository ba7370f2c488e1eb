using System.Buffers;

namespace TlsProxy.Proxy.Http;

/// <summary>The Host field (RFC 9110, section 7.2): a name or address and an optional port.</summary>
internal static class HostField
{
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("-._~!$&'()*+;=%0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private static readonly SearchValues<byte> AddressBytes = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    public static bool IsValid(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty || host.Length > 255 + 6)
            return false;
        if (host[0] == (byte)'[')
        {
            var end = host.IndexOf((byte)']');
            return end > 2 && !host[1..end].ContainsAnyExcept(AddressBytes) && IsPort(host[(end + 1)..]);
        }

        var colon = host.IndexOf((byte)':');
        var name = colon < 0 ? host : host[..colon];
        return !name.IsEmpty && !name.ContainsAnyExcept(NameBytes) && IsPort(colon < 0 ? default : host[colon..]);
    }

    private static bool IsPort(ReadOnlySpan<byte> suffix)
    {
        if (suffix.IsEmpty)
            return true;
        return suffix[0] == (byte)':' && suffix.Length <= 6 && !suffix[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
