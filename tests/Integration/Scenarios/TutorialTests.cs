using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>docs/tutorial.md, as somebody would type it.</summary>
public sealed class TutorialTests
{
    [Fact]
    public async Task Its_commands_work_as_printed()
    {
        Assert.SkipUnless(
            (await Command.RunAsync("/usr/bin/python3", ["-c", "import websockets"])).ExitStatus == 0,
            "SKIPPED: python3-websockets isn't installed, so nothing is known about the tutorial (scripts/test installs it where it can)");
        using var folder = new TemporaryFolder();
        // nginx serves as another user where root starts it.
        File.SetUnixFileMode(folder.Location, (UnixFileMode)0b111_101_101);
        var script = $"cd '{folder.Location}'\n{PrintedCommands.Script(ProxyProcess.Program)}";

        var result = await Command.RunAsync("/bin/bash", ["-c", script]);

        var output = Encoding.UTF8.GetString(result.Output);
        Assert.True(result.ExitStatus == 0, $"It ended with {result.ExitStatus}: {output}{result.Error}");
        Assert.Contains("Cache-Status: tlsproxy; fwd=uri-miss; ttl=60; stored\r\n", output, StringComparison.Ordinal);
        Assert.Contains("Cache-Status: tlsproxy; hit; ttl=", output, StringComparison.Ordinal);
        Assert.Contains("\nThe film is whole.\n", output, StringComparison.Ordinal);
        Assert.Contains("You said: hello\n", output, StringComparison.Ordinal);
    }
}
