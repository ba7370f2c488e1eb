using System.Globalization;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>What instructions were counted on, and how they are to be read.</summary>
internal static class EmulatedMachine
{
    /// <summary>The variable in which the script that starts the virtual machine names the machine below it.</summary>
    public const string HostVariable = "TLSPROXY_BENCH_HOST";

    /// <summary>How the figures are to be read.</summary>
    public const string Warning =
        "These are instructions, not time: an instruction that waits for memory counts as one that doesn't. QEMU emulates no VAES and no "
        + "AVX-512, so AES takes more instructions than on a processor of today, in the kernel and in user space. The ratios compare "
        + "work; only a real processor tells which way is faster.";

    public static Dictionary<string, string> Circumstances(BenchOptions options, IEnumerable<IServer> servers)
    {
        var host = Environment.GetEnvironmentVariable(HostVariable) is { Length: > 0 } named ? named : "an unknown machine";
        var windows = options.Objects.Select(item => string.Create(
            CultureInfo.InvariantCulture, $"{RequestCounts.Of(item).Window:N0} requests of {item.Bytes:N0} B"));
        var known = Load.Circumstances.Of(options, servers);
        known["machine"] = $"one {Machine.Processor}, whose clock counts instructions (-icount), on {host}";
        known["measuring"] = $"{InstructionPlan.Rounds} windows of {string.Join(", ", windows)}";
        known["counted"] = "user and kernel instructions while the server's process runs; a software interrupt counts for the process that "
            + "runs then, so delivering a response counts for the server and acknowledging it for the client";
        return known;
    }
}
