using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The value of <c>--hsts</c>, which becomes a field of answers (RFC 6797, section 6.1).</summary>
internal static class TransportSecurityOption
{
    // What the browsers' list asks of its entries (hstspreload.org).
    private const long PreloadSecondsMinimum = 31_536_000;

    private const string Advice = "write max-age, and if wanted includeSubDomains and preload, as 31536000,includeSubDomains";

    /// <param name="values">Parts, with or without commas within; none for no field.</param>
    /// <returns>The field with its CRLF, or null.</returns>
    /// <exception cref="StartException">They are no such value.</exception>
    public static byte[]? Read(string[] values)
    {
        if (values.Length == 0)
            return null;
        var parts = string.Join(',', values).Split(',', StringSplitOptions.TrimEntries);
        var directives = parts[1..];
        var unknown = Array.Find(directives, part => part is not ("includeSubDomains" or "preload"));
        if (unknown is not null || directives.Distinct().Count() < directives.Length)
            throw new StartException($"--hsts: '{unknown ?? directives[^1]}' has no place there; {Advice}.");
        if (Seconds(parts[0]) is not { } seconds)
            throw new StartException($"--hsts: '{parts[0]}' is no time; {Advice}.");
        if (directives.Contains("preload") && (seconds < PreloadSecondsMinimum || !directives.Contains("includeSubDomains")))
        {
            throw new StartException(
                "--hsts: preload goes with includeSubDomains and a year at least (31536000); add them, or leave it out.");
        }

        var line = string.Join("; ", [string.Create(CultureInfo.InvariantCulture, $"max-age={seconds}"), .. directives]);
        return Encoding.ASCII.GetBytes($"Strict-Transport-Security: {line}\r\n");
    }

    private static long? Seconds(string text)
    {
        if (uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return seconds;
        return OptionValues.DurationOrNone(text, out _) is { } duration ? (long)duration.TotalSeconds : null;
    }
}
