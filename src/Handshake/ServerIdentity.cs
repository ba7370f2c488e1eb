using System.Net;

namespace TlsProxy.Handshake;

/// <summary>The name or the address that a server's certificate must be for (RFC 9110, section 4.3.4).</summary>
public sealed record ServerIdentity
{
    private const int NameMaximum = 253;
    private const int LabelMaximum = 63;

    private ServerIdentity(string text, IPAddress? address)
    {
        Text = text;
        Address = address;
    }

    /// <summary>In small letters, without a dot at its end; an address as .NET writes it.</summary>
    public string Text { get; }

    /// <summary>Null for a name.</summary>
    public IPAddress? Address { get; }

    /// <summary>The name that a client sends (SNI); null for an address, which has none (RFC 6066, section 3).</summary>
    public string? Name => Address is null ? Text : null;

    /// <param name="host">A DNS name in ASCII, or an address; one of IPv6 may stand in brackets.</param>
    /// <exception cref="TlsConfigurationException">It is neither.</exception>
    public static ServerIdentity Parse(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var bare = host is ['[', .. var inner, ']'] ? inner : host;
        if (IPAddress.TryParse(bare, out var address))
        {
            // A scope says where the address is reached, and is no part of it.
            var plain = new IPAddress(address.GetAddressBytes());
            return new ServerIdentity(plain.ToString(), plain);
        }

        var name = (host.EndsWith('.') ? host[..^1] : host).ToLowerInvariant();
        return IsName(name)
            ? new ServerIdentity(name, null)
            : throw new TlsConfigurationException(
                $"'{host}' is not a valid name of a server: use a DNS name in ASCII (xn--... for others), or an address.");
    }

    /// <summary>Letters, digits, hyphens and, as many private names have them, underscores.</summary>
    private static bool IsName(string name) => name.Length is > 0 and <= NameMaximum
        && name.Split('.') is var labels
        && labels.All(label => label.Length is > 0 and <= LabelMaximum && label.All(IsOfName))
        && !labels[^1].All(char.IsAsciiDigit);

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_';
}
