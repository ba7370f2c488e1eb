using System.Diagnostics;
using System.Text.RegularExpressions;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What a line of the proxy's access log says of a request's connection.</summary>
internal sealed partial record AccessLogLine(string Version, string Suite, string Group, string Resumed, string Ktls)
{
    /// <summary>The lines of requests for a path; waits until there are as many as expected.</summary>
    public static async Task<AccessLogLine[]> ReadAsync(ProxyProcess proxy, string path, int count)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var lines = (await File.ReadAllLinesAsync(proxy.AccessLogFile))
                .Where(line => line.Contains($" {path}\"", StringComparison.Ordinal)).ToArray();
            if (lines.Length >= count)
                return [.. lines.Select(Parse)];
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException($"Expected {count} lines for {path}, there are {lines.Length}.");
            await Task.Delay(20);
        }
    }

    private static AccessLogLine Parse(string line)
    {
        var groups = Fields().Match(line).Groups;
        return new AccessLogLine(groups[1].Value, groups[2].Value, groups[3].Value, groups[4].Value, groups[5].Value);
    }

    [GeneratedRegex(@" tls=(\S+) suite=(\S+) group=(\S+) resumed=(\S+) ktls=(\S+) ")]
    private static partial Regex Fields();
}
