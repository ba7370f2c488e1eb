using System.Globalization;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>How often the kernel's TLS has taken a send's pages as they are, has copied bytes of it, and has encrypted a record.</summary>
/// <param name="ZeroCopies">Calls of <c>sk_msg_zerocopy_from_iter</c>.</param>
/// <param name="Copies">Calls of <c>sk_msg_memcopy_from_iter</c>.</param>
/// <param name="Records">Calls of <c>tls_push_record</c>.</param>
internal readonly record struct ProbeCounts(long ZeroCopies, long Copies, long Records)
{
    /// <summary>Names of the probes, and the functions of the kernel that they stand at.</summary>
    public static readonly IReadOnlyDictionary<string, string> Functions = new Dictionary<string, string>
    {
        ["bench_zerocopy"] = "sk_msg_zerocopy_from_iter",
        ["bench_memcopy"] = "sk_msg_memcopy_from_iter",
        ["bench_record"] = "tls_push_record",
    };

    /// <summary>Reads tracefs's <c>kprobe_profile</c>: a line for each probe with its name, its hits and its misses.</summary>
    /// <exception cref="BenchException">A probe isn't in it, or the kernel missed calls, so that nothing would be proved.</exception>
    public static ProbeCounts Parse(string profile)
    {
        var hits = new Dictionary<string, long>();
        foreach (var line in profile.Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var name, var hit, var missed])
                continue;
            if (missed != "0" && Functions.ContainsKey(name))
                throw new BenchException($"the kernel missed {missed} calls of {Functions[name]}, so its copies can't be counted.");
            hits[name] = long.Parse(hit, CultureInfo.InvariantCulture);
        }

        long Of(string name) => hits.TryGetValue(name, out var count)
            ? count
            : throw new BenchException($"the kernel has no probe at {Functions[name]}: kprobe_profile is \"{profile.Trim()}\".");
        return new ProbeCounts(Of("bench_zerocopy"), Of("bench_memcopy"), Of("bench_record"));
    }

    public static ProbeCounts operator -(ProbeCounts after, ProbeCounts before) => new(
        after.ZeroCopies - before.ZeroCopies, after.Copies - before.Copies, after.Records - before.Records);
}
