using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Option values as people write them. Each reader gives null and one sentence when the text is no such value.</summary>
internal static class OptionValues
{
    private static readonly (string Suffix, long Factor)[] Sizes =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
        ("KB", 1000), ("MB", 1000 * 1000), ("GB", 1000 * 1000 * 1000),
        ("B", 1), (string.Empty, 1),
    ];

    // What timers count to, rounded down to whole hours (CancellationTokenSource and Timer take 2^31 ms and less).
    private const int TimeLimitHours = 576;

    private static readonly (string Suffix, double Milliseconds)[] Durations = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Bytes: a number with an optional unit (B, KB, MB, GB in thousands; KiB, MiB, GiB in 1,024s).</summary>
    public static long? Size(string text, out string error)
    {
        error = $"'{text}' is no size; write a number with an optional unit, such as 12000, 64KiB or 1GiB.";
        foreach (var (suffix, factor) in Sizes)
        {
            if (!text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
                continue;
            if (long.TryParse(text[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number <= long.MaxValue / factor)
                return number * factor;
        }

        return null;
    }

    /// <summary>A time of a millisecond or more with a unit, ms, s, m or h; at most a year.</summary>
    public static TimeSpan? Duration(string text, out string error)
    {
        error = $"'{text}' is no duration; write a number with a unit, such as 500ms, 60s or 5m.";
        foreach (var (suffix, milliseconds) in Durations)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                && number * milliseconds >= 1 && number * milliseconds <= TimeSpan.FromDays(365).TotalMilliseconds)
                return TimeSpan.FromMilliseconds(number * milliseconds);
        }

        return null;
    }

    /// <summary>A time with a unit that something is waited for.</summary>
    public static TimeSpan? TimeLimit(string text, out string error)
    {
        var duration = Duration(text, out _);
        error = $"'{text}' is no time limit; write a number with a unit, such as 500ms, 60s or 5m, of at most {TimeLimitHours}h.";
        return duration is { TotalHours: <= TimeLimitHours } ? duration : null;
    }

    /// <summary>A time with a unit, or 0 for none, with or without a unit.</summary>
    public static TimeSpan? DurationOrNone(string text, out string error)
    {
        var duration = IsZero(text) ? TimeSpan.Zero : Duration(text, out error);
        error = $"'{text}' is no duration; write a number with a unit, such as 500ms, 60s or 5m, or 0 for none.";
        return duration;
    }

    /// <summary>The same for a time that something is waited for.</summary>
    public static TimeSpan? TimeLimitOrNone(string text, out string error)
    {
        var limit = IsZero(text) ? TimeSpan.Zero : TimeLimit(text, out _);
        error = $"'{text}' is no time limit; write a number with a unit, such as 500ms, 60s or 5m, of at most {TimeLimitHours}h, "
            + "or 0 for none.";
        return limit;
    }

    /// <summary>A whole number within limits.</summary>
    public static int? Number(string text, int minimum, int maximum, out string error)
    {
        error = string.Create(CultureInfo.InvariantCulture, $"'{text}' is no number from {minimum} to {maximum}.");
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
            ? number
            : null;
    }

    /// <summary>Whether something is on: true, on, yes or 1, or the words against it.</summary>
    public static bool? Switch(string text, out string error)
    {
        error = $"'{text}' is neither on nor off; write true or false, or the option alone.";
        return text.ToLowerInvariant() switch
        {
            "true" or "on" or "yes" or "1" => true,
            "false" or "off" or "no" or "0" => false,
            _ => null,
        };
    }

    /// <summary>An address to listen on, as a URL with a port: https://127.0.0.1:8443, http://[::1]:8080, http://localhost:0,
    /// https://*:443, https+proxy://0.0.0.0:443.</summary>
    public static ListenAddress? Listen(string text, out string error)
    {
        error = $"'{text}' is no address to listen on; write a URL with a port, such as https://127.0.0.1:8443 "
            + "(https+proxy:// where connections begin with a header of the PROXY protocol).";
        return Local(text, ref error);
    }

    /// <summary>An address whose requests are sent to https: an http URL with a port.</summary>
    public static ListenAddress? Redirect(string text, out string error)
    {
        error = $"'{text}' is no address to redirect from; write an http URL with a port, such as http://0.0.0.0:80.";
        return Local(text, ref error) is { Traits.IsTls: false } address
            ? address with { Traits = address.Traits with { Redirects = true }, Option = "--redirect" }
            : null;
    }

    /// <summary>A network as 10.0.0.0/8 or fd00::/8, or one address.</summary>
    public static IPNetwork? Network(string text, out string error)
    {
        error = $"'{text}' is no network; write an address with the number of its bits that count, such as 10.0.0.0/8, or one address.";
        if (Address(text) is { } address && !text.Contains('%', StringComparison.Ordinal))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        if (!IPNetwork.TryParse(text, out var network) || Address(text[..text.IndexOf('/', StringComparison.Ordinal)]) is not { } written)
            return null;
        if (written.Equals(network.BaseAddress))
            return network;
        error = $"'{text}' has bits behind those that count; write {network}, or the address alone.";
        return null;
    }

    /// <summary>The operators' address, http:// and an IP address with a port.</summary>
    public static ListenAddress? Admin(string text, out string error)
    {
        error = $"'{text}' is no address for operators; write an http URL with a port, such as http://127.0.0.1:9090.";
        return Local(text, ref error) is { Traits: { IsTls: false, HasProxyHeader: false } } address
            ? address with { Option = "--admin" }
            : null;
    }

    /// <summary>An address of this machine.</summary>
    /// <param name="error">What is told of other texts; a host's name gets a sentence of its own.</param>
    private static ListenAddress? Local(string text, ref string error)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        ListenerTraits? traits = end < 0 ? null : text[..end].ToLowerInvariant() switch
        {
            "http" => new ListenerTraits(IsTls: false),
            "https" => new ListenerTraits(IsTls: true),
            "http+proxy" => new ListenerTraits(IsTls: false, HasProxyHeader: true),
            "https+proxy" => new ListenerTraits(IsTls: true, HasProxyHeader: true),
            _ => null,
        };
        if (traits is not { } known)
            return null;
        if (EndPoint(text[(end + 3)..].TrimEnd('/'), out var host) is { } endPoint)
            return new ListenAddress(endPoint, known);
        if (IsName(host))
        {
            error = $"'{text}' names the host {host}, and names aren't looked up here; write an IP address of this machine, localhost, "
                + "or * for all of its addresses.";
        }

        return null;
    }

    /// <summary>Whether a host is a name rather than an address, or a mistake in one.</summary>
    private static bool IsName(string? host) =>
        host is not null && host.Any(char.IsAsciiLetter)
        && host.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_');

    private static bool IsZero(string text) => text == "0" || Array.Exists(Durations, unit => text == "0" + unit.Suffix);

    /// <param name="host">What stands for the address; null where no port follows it.</param>
    private static IPEndPoint? EndPoint(string authority, out string? host)
    {
        host = null;
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            return null;
        host = authority[..colon];
        var address = host switch
        {
            "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            ['[', .. var inner, ']'] => Address(inner),
            var other => Address(other),
        };
        return address is null ? null : new IPEndPoint(address, port);
    }

    /// <summary>An address in its common form. Numbers of other bases, or fewer than four of them,
    /// mean one thing to some programs and another to others.</summary>
    private static IPAddress? Address(string text) => IPAddress.TryParse(text, out var address)
        && (address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text) ? address : null;

    /// <summary>A value of the Host field (RFC 9110, section 7.2): a name or address, and a port where it isn't the scheme's own.</summary>
    public static string? Host(string text, out string error)
    {
        error = $"'{text}' is not a valid Host; write a name or an address with an optional port, such as example.com or [::1]:8080.";
        return Ascii.IsValid(text) && HostField.IsValid(Encoding.ASCII.GetBytes(text)) ? text : null;
    }

    /// <summary>The same without a port.</summary>
    public static string? HostName(string text, out string error)
    {
        var host = Host(text, out _);
        error = $"'{text}' is not a valid host; write a name without a port, such as proxy.example.com.";
        return host is not null && !host.Contains(':', StringComparison.Ordinal) ? host : null;
    }

    /// <summary>The origin: http://host or http://host:port, without a path, or unix: and the path of a socket.</summary>
    public static OriginOptions? Origin(string text, out string error)
    {
        if (UnixOrigin.Is(text))
            return UnixOrigin.Read(text, out error);
        error = $"'{text}' is no origin; write http://host:port or https://host:port, without a path, or unix:/path of a socket.";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !IsHttp(uri) || uri.PathAndQuery != "/"
            || uri.UserInfo.Length > 0 || uri.Fragment.Length > 0)
            return null;
        return new OriginOptions
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port,
            Tls = uri.Scheme == Uri.UriSchemeHttps ? new OriginTlsOptions() : null,
        };
    }

    private static bool IsHttp(Uri uri) => uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps;
}
