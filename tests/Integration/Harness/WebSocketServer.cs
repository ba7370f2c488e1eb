using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A WebSocket server of Python's websockets, on a port of its own, that echoes messages; other requests get a page.</summary>
internal sealed class WebSocketServer : IAsyncDisposable
{
    private readonly Process _process;

    private WebSocketServer(Process process, int port)
    {
        _process = process;
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
    }

    public Uri Address { get; }

    /// <summary>Starts one; skips the test where it isn't installed.</summary>
    public static async Task<WebSocketServer> StartAsync()
    {
        var python = ClientProgram.Find("python3");
        var examined = await Command.RunAsync(python, ["-c", "import websockets"]);
        Assert.SkipUnless(
            examined.ExitStatus == 0,
            "SKIPPED: Python's websockets aren't installed, so nothing is known about them (scripts/test installs them where it can)");
        var start = new ProcessStartInfo(python, [ClientProgram.Script("websocket_echo.py"), ClientProgram.Script("websocket.html")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(RunningKernel.TestLimit);
        return new WebSocketServer(process, int.Parse(line!, CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        // Its input is what it waits for.
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(RunningKernel.TestLimit);
        _process.Dispose();
    }
}
