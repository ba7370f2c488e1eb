using System.Diagnostics;
using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Scripts;

/// <summary>Runs lines of shell as a script of scripts/ would.</summary>
internal static class Shell
{
    /// <summary>What a script printed, without the newline at its end. It fails where the script does.</summary>
    /// <param name="script">Lines of bash, in the root of the tree, after lib.sh.</param>
    /// <param name="arguments">Its $1 and those after.</param>
    public static async Task<string> RunAsync(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", "source scripts/lib.sh\n" + script, "test", .. arguments])
        {
            WorkingDirectory = SourceTree.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"bash ended with {process.ExitCode}: {await output}{await errors}");
        return (await output).TrimEnd('\n');
    }
}
