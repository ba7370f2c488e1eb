using System.Globalization;
using System.Text.RegularExpressions;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>A server that runs already, as its user names it.</summary>
/// <param name="Name">Two targets of one name, in plaintext and over TLS, are compared with each other.</param>
internal sealed partial record Target(string Name, Uri Url, int ProcessId)
{
    /// <param name="text">NAME=URL,pid=N.</param>
    /// <exception cref="BenchException">What is wrong with it, and how it is written.</exception>
    public static Target Parse(string text)
    {
        var found = Form().Match(text);
        if (!found.Success)
            throw Wrong(text, "it is written NAME=URL,pid=N, as in nginx=https://127.0.0.1:8443/file,pid=4711");
        if (!Uri.TryCreate(found.Groups[2].Value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Wrong(text, $"'{found.Groups[2].Value}' is not a valid URL; use one that begins with http:// or https://");
        if (!int.TryParse(found.Groups[3].Value, CultureInfo.InvariantCulture, out var id) || !Directory.Exists($"/proc/{id}"))
        {
            throw Wrong(
                text, $"there is no process {found.Groups[3].Value}; name the one that serves the connections, such as a worker of nginx");
        }

        return new Target(found.Groups[1].Value, url, id);
    }

    private static BenchException Wrong(string text, string why) => new($"--target {text}: {why}.");

    [GeneratedRegex("^([^=]+)=(.+),pid=([0-9]+)$")]
    private static partial Regex Form();
}
