using System.Diagnostics;
using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary><c>openssl s_client</c> as a person uses it: letters are commands to it, everything else goes to the proxy.</summary>
internal sealed class OpenSslTerminal : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Task _reading;

    private OpenSslTerminal(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>All that it has written so far.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>Connects; returns when the session is there.</summary>
    public static Task<OpenSslTerminal> OpenAsync(ProxyProcess proxy, Transport transport) =>
        OpenAsync(OpenSslClient.Arguments(proxy, transport));

    /// <summary>The same with arguments of the caller's.</summary>
    public static async Task<OpenSslTerminal> OpenAsync(params string[] arguments)
    {
        var terminal = new OpenSslTerminal(Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        await terminal.WaitForAsync("Verify return code: 0");
        return terminal;
    }

    /// <summary>Writes what it reads at once, so that a letter at the beginning is a command.</summary>
    public async Task TypeAsync(string text)
    {
        try
        {
            await _process.StandardInput.WriteAsync(text);
            await _process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            // It has ended; what it said tells why.
            return;
        }
    }

    /// <summary>Waits until it has written a text so many times.</summary>
    public async Task WaitForAsync(string text, int times = 1)
    {
        var clock = Stopwatch.StartNew();
        while (Said.Split(text).Length <= times)
        {
            if (_reading.IsCompleted && Said.Split(text).Length <= times)
                throw new EndOfStreamException($"s_client ended without '{text}':\n{Said}");
            if (clock.Elapsed > RunningKernel.TestLimit / 3)
                throw new TimeoutException($"s_client doesn't say '{text}', but:\n{Said}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until it ends by itself.</summary>
    public Task WaitForEndAsync() => _reading.WaitAsync(RunningKernel.TestLimit / 3);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader stream)
    {
        var buffer = new char[4096];
        int length;
        while ((length = await stream.ReadAsync(buffer)) > 0)
        {
            lock (_said)
                _said.Append(buffer, 0, length);
        }
    }
}
