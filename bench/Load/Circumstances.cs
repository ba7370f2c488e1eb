using System.Runtime.InteropServices;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>What the figures were measured on and with; no figure means anything without.</summary>
internal static class Circumstances
{
    public static Dictionary<string, string> Of(BenchOptions options, IEnumerable<IServer> servers)
    {
        var known = new Dictionary<string, string>
        {
            ["machine"] = $"{Machine.Processor}, {Machine.Processors} processors, load {Machine.Load} at the start",
            ["kernel"] = $"{Machine.Kernel}, congestion control {Machine.CongestionControl}, "
                + (options.KernelTls ? $"TLS with {Machine.AesGcmDriver}" : "no TLS in it"),
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["measuring"] = $"{options.Rounds} rounds of {options.Seconds} s",
        };
        foreach (var server in servers)
            known[server.Name] = server.Version;
        if (options.With.Length > 0)
            known["with"] = string.Join(' ', options.With);
        return known;
    }
}
