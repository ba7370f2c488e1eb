using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>The load generator: wrk with one thread on the clients' processor.</summary>
internal sealed partial class Wrk(Site site)
{
    private readonly WrkScripts _scripts = new(site);

    /// <summary>Loads a server for some seconds.</summary>
    /// <returns>Requests answered, and those a second.</returns>
    public (long Requests, double PerSecond) Run(string url, Cell cell, int seconds)
    {
        string[] arguments =
        [
            "-c", $"{Machine.ClientProcessor}", "wrk", "-t1", $"-c{cell.Connections}", $"-d{seconds}s", "--timeout", "30s",
            .. _scripts.For(cell) is { } script ? ["-s", script] : Array.Empty<string>(), url,
        ];
        var output = Machine.Output(
            new Dictionary<string, string>(site.Environment) { ["OPENSSL_CONF"] = site.ClientConfiguration }, "taskset", arguments);
        var requests = Requests().Match(output);
        var rate = Rate().Match(output);
        if (!requests.Success || !rate.Success)
            throw new BenchException($"wrk could not load {url}: {output.Trim()}");
        if (output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
            throw new BenchException($"{url} answered with errors: {output.Trim()}");
        return (
            long.Parse(requests.Groups[1].Value, CultureInfo.InvariantCulture),
            double.Parse(rate.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Requests();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();
}
