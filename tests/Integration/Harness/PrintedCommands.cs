using System.Globalization;
using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>The commands that docs/tutorial.md prints, as one script. Those that build the project are left out.</summary>
internal static class PrintedCommands
{
    private const string Fence = "```";

    // The page's own ports, which other programs of the machine may have.
    private static readonly string[] s_ports = ["8081", "8082", "8083", "8443"];

    /// <param name="program">The proxy's program.</param>
    /// <returns>A script for bash that ends at the first command that fails, and ends what it has started.</returns>
    public static string Script(string program)
    {
        var script = new StringBuilder("""
            set -euo pipefail
            end() { kill $(jobs -p) 2>/dev/null || true; [[ ! -e nginx.pid ]] || kill "$(cat nginx.pid)" || true; }
            trap end EXIT

            """);
        script.Append(CultureInfo.InvariantCulture, $"TLSPROXY='{program}'\n");
        foreach (var block in Blocks().Skip(1))
            script.Append(block).Append('\n');
        using var ports = new FreePorts();
        foreach (var port in s_ports)
            script.Replace(port, ports.Take().ToString(CultureInfo.InvariantCulture));
        return script.ToString();
    }

    private static IEnumerable<string> Blocks()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Documents", "tutorial.md"));
        // Behind each opening fence comes a block, and behind its end the text up to the next.
        return page.Split(Fence).Where((_, index) => index % 2 == 1).Select(block => block[(block.IndexOf('\n') + 1)..]);
    }
}
