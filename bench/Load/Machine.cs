using System.Diagnostics;
using System.Globalization;

namespace TlsProxy.Bench.Load;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>Where the servers run.</summary>
    public const int ServerProcessor = 0;

    /// <summary>Where the clients and the origin run.</summary>
    public static int ClientProcessor => Processors > 1 ? 1 : 0;

    /// <summary>Processors of the machine, not only those that this process may run on.</summary>
    public static int Processors { get; } = Math.Max(
        1, File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)));

    public static string Kernel => ReadLine("/proc/sys/kernel/osrelease");

    public static string CongestionControl => ReadLine("/proc/sys/net/ipv4/tcp_congestion_control");

    public static string Load => ReadLine("/proc/loadavg").Split(' ')[0];

    public static string Processor =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[^1]
        ?? "unknown";

    public static bool HasKernelTls => ReadLine("/proc/sys/net/ipv4/tcp_available_ulp").Split(' ').Contains("tls");

    /// <summary>What processes may still take before the machine swaps or ends one (proc(5), MemAvailable).</summary>
    public static long AvailableMebibytes => long.Parse(
        File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) >> 10;

    /// <summary>The driver the kernel prefers for AES-GCM, which is the one its TLS takes.</summary>
    public static string AesGcmDriver
    {
        get
        {
            if (!File.Exists("/proc/crypto"))
                return "unknown";
            var best = "none loaded";
            var bestPriority = -1;
            foreach (var block in File.ReadAllText("/proc/crypto").Split("\n\n"))
            {
                var fields = block.Split('\n').Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
                    .Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]);
                if (fields.GetValueOrDefault("name") != "gcm(aes)" || !int.TryParse(fields.GetValueOrDefault("priority"), out var priority)
                    || priority <= bestPriority)
                    continue;
                bestPriority = priority;
                best = fields.GetValueOrDefault("driver", "unknown");
            }

            return best;
        }
    }

    /// <summary>What a command prints, its errors included.</summary>
    public static string Output(IReadOnlyDictionary<string, string> environment, string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start) ?? throw new BenchException($"{command} could not be started.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + errors.GetAwaiter().GetResult();
    }

    private static string ReadLine(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : string.Empty;
}
