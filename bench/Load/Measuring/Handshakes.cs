using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>New connections with one request each: openssl s_time on the clients' processor, one connection after the other, so that a full
/// and a resumed handshake are made by the same client.</summary>
internal sealed partial class Handshakes(Site site)
{
    /// <returns>Connections a second, and the server's processor time for each.</returns>
    public Sample Measure(Candidate candidate, bool resume, int seconds)
    {
        var target = new Uri(candidate.Url);
        var before = candidate.Counters?.Read();
        var time = candidate.ProcessorTime();
        var clock = Stopwatch.StartNew();
        var connections = Run(target, resume, seconds);
        var elapsed = clock.Elapsed;
        time = candidate.ProcessorTime() - time;
        if (before is { } earlier && candidate.Counters!.Read() is var later)
            CheckKind(candidate, resume, later.Resumed - earlier.Resumed, later.Handshakes - earlier.Handshakes);
        return new Sample(connections / elapsed.TotalSeconds, time / 1000.0 / connections, null, null, 0);
    }

    private static void CheckKind(Candidate candidate, bool resume, long resumed, long handshakes)
    {
        // The first connections of a client that resumes make the session.
        if (resume ? resumed < handshakes * 9 / 10 : resumed > 0)
            throw new BenchException($"{candidate.Name}: {resumed} of {handshakes} handshakes were resumed.");
    }

    private long Run(Uri target, bool resume, int seconds)
    {
        var output = Machine.Output(
            new Dictionary<string, string>(site.Environment) { ["OPENSSL_CONF"] = site.ClientConfiguration },
            "taskset", "-c", $"{Machine.ClientProcessor}", "openssl", "s_time", "-connect", $"{target.Host}:{target.Port}",
            resume ? "-reuse" : "-new", "-time", seconds.ToString(CultureInfo.InvariantCulture), "-www", target.AbsolutePath,
            "-CAfile", site.Authority);
        var found = Connections().Match(output);
        var connections = found.Success ? long.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return connections > 0 ? connections : throw new BenchException($"openssl s_time could not connect to {target}: {output.Trim()}");
    }

    [GeneratedRegex(@"(\d+) connections in \d+ real seconds")]
    private static partial Regex Connections();
}
