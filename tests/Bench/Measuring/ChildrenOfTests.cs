using System.Diagnostics;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Measuring;

public sealed class ChildrenOfTests
{
    [Fact]
    public void The_time_of_a_server_is_that_of_its_children_too_which_are_looked_for_when_it_is_first_asked_for()
    {
        // The shell prints when its child has begun, and ends it after a line.
        var start = new ProcessStartInfo("sh", ["-c", "sleep 1000 >/dev/null & echo there; read line; kill $!; wait"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var shell = Process.Start(start)!;
        var candidate = new Candidate("planted", shell.Id, "http://127.0.0.1/")
        {
            Children = new(() => ChildrenOf.Process(shell.Id), LazyThreadSafetyMode.PublicationOnly),
        };
        Assert.Equal("there", shell.StandardOutput.ReadLine());

        var child = Assert.Single(ChildrenOf.Process(shell.Id));

        Assert.Equal([shell.Id, child], candidate.ProcessIds);
        Assert.True(candidate.ProcessorTime() > 0);
        shell.StandardInput.WriteLine();
        shell.WaitForExit();
        Assert.Contains("has ended", Assert.Throws<BenchException>(candidate.CheckRuns).Message, StringComparison.Ordinal);
        Assert.Contains("has ended", Assert.Throws<BenchException>(() => ChildrenOf.Process(shell.Id)).Message, StringComparison.Ordinal);
    }
}
