using System.Diagnostics;
using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An origin that a script of node's own HTTP server makes, for what other servers can't do.</summary>
internal sealed class NodeOrigin : IOriginServer
{
    private readonly Process _process;
    private readonly int _port;

    private NodeOrigin(Process process, int port)
    {
        _process = process;
        _port = port;
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>Starts a script that prints its port; skips the test where node isn't installed.</summary>
    public static async Task<NodeOrigin> StartAsync(string script)
    {
        var start = new ProcessStartInfo(ClientProgram.Find("node"), [Path.Combine(AppContext.BaseDirectory, "Origins", script)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        try
        {
            using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
            var line = await process.StandardOutput.ReadLineAsync(limit.Token);
            return new NodeOrigin(process, int.Parse(line!, CultureInfo.InvariantCulture));
        }
        catch
        {
            process.Kill();
            process.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
    }
}
