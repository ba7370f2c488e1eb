using System.Globalization;
using System.Text.RegularExpressions;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>A server that runs already, as its user names it.</summary>
/// <param name="Name">Two targets of one name, in plaintext and over TLS, are compared with each other.</param>
/// <param name="ProcessIds">Whose processor time counts: each process that serves connections.</param>
internal sealed partial record Target(string Name, Uri Url, IReadOnlyList<int> ProcessIds)
{
    /// <param name="text">NAME=URL,pid=N, with a pid= for each process.</param>
    /// <exception cref="BenchException">What is wrong with it, and how it is written.</exception>
    public static Target Parse(string text)
    {
        var found = Form().Match(text);
        if (!found.Success)
            throw Wrong(text, "it is written NAME=URL,pid=N, as in nginx=https://127.0.0.1:8443/file,pid=4711,pid=4712");
        if (!Uri.TryCreate(found.Groups[2].Value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw Wrong(text, $"'{found.Groups[2].Value}' is not a valid URL; use one that begins with http:// or https://");
        int[] ids = [.. found.Groups[3].Captures.Select(capture => ProcessId(text, capture.Value))];
        return ids.Distinct().Count() == ids.Length
            ? new Target(found.Groups[1].Value, url, ids)
            : throw Wrong(text, "a process is named twice; its time would count twice");
    }

    private static int ProcessId(string text, string digits) =>
        int.TryParse(digits, CultureInfo.InvariantCulture, out var id) && Directory.Exists($"/proc/{id}")
            ? id
            : throw Wrong(text, $"there is no process {digits}; name those that serve the connections, such as the workers of nginx");

    private static BenchException Wrong(string text, string why) => new($"--target {text}: {why}.");

    [GeneratedRegex("^([^=]+)=(.+?)(?:,pid=([0-9]+))+$")]
    private static partial Regex Form();
}
