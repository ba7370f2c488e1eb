using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Proxy.Connections.ProxyProtocol;

/// <summary>Version 1: a line of text, such as <c>PROXY TCP4 192.0.2.1 198.51.100.2 54321 443</c> (section 2.1).</summary>
internal static class ProxyHeaderV1
{
    private const int LineMaximum = 107;
    private const int PortDigits = 5;

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF.:");

    private static ReadOnlySpan<byte> Beginning => "PROXY "u8;

    private static ReadOnlySpan<byte> Unknown => "UNKNOWN"u8;

    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> bytes, out int length, out IPAddress? source)
    {
        length = 0;
        source = null;
        if (!ProxyHeader.Agree(bytes, Beginning))
            return ProxyHeaderStatus.Malformed;
        var end = bytes[..Math.Min(bytes.Length, LineMaximum)].IndexOf("\r\n"u8);
        if (end < 0)
            return bytes.Length < LineMaximum ? ProxyHeaderStatus.NeedMore : ProxyHeaderStatus.Malformed;
        length = end + 2;
        var line = bytes[Beginning.Length..end];
        // What follows UNKNOWN is to be ignored.
        if (line.SequenceEqual(Unknown) || (line.Length > Unknown.Length && line.StartsWith(Unknown) && line[Unknown.Length] == (byte)' '))
            return ProxyHeaderStatus.Complete;
        if (TryReadAddresses(Encoding.ASCII.GetString(line).Split(' '), out var read))
        {
            source = read;
            return ProxyHeaderStatus.Complete;
        }

        return ProxyHeaderStatus.Malformed;
    }

    private static bool TryReadAddresses(string[] parts, out IPAddress? source)
    {
        source = null;
        if (parts.Length != 5 || parts[0] is not ("TCP4" or "TCP6"))
            return false;
        var family = parts[0] == "TCP4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        return TryReadAddress(parts[1], family, out source) && TryReadAddress(parts[2], family, out _)
            && IsPort(parts[3]) && IsPort(parts[4]);
    }

    /// <summary>Only the usual ways of writing are taken: four decimal numbers without leading zeros,
    /// or hexadecimal groups without a zone.</summary>
    private static bool TryReadAddress(string text, AddressFamily family, out IPAddress? address)
    {
        address = null;
        if (text.AsSpan().ContainsAnyExcept(AddressCharacters)
            || !IPAddress.TryParse(text, out var parsed) || parsed.AddressFamily != family)
            return false;
        if (family == AddressFamily.InterNetwork && parsed.ToString() != text)
            return false;
        address = parsed;
        return true;
    }

    private static bool IsPort(string text) => text.Length is > 0 and <= PortDigits && (text.Length == 1 || text[0] != '0')
        && ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
