using System.Diagnostics;
using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>One nginx with a folder of its own, until it is disposed of.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly Process _process;

    /// <param name="folder">Passes to the process.</param>
    /// <param name="configuration">Its error log is <c>error.log</c> of the folder.</param>
    public NginxProcess(TemporaryFolder folder, string configuration)
    {
        _folder = folder;
        File.WriteAllText(folder["nginx.conf"], configuration);
        _process = Process.Start(new ProcessStartInfo(
            FindNginx(), ["-e", folder["error.log"], "-p", folder.Location, "-c", folder["nginx.conf"]])
        { RedirectStandardError = true })!;
    }

    /// <summary>Starts an origin, with other ports where the first have been taken meanwhile.</summary>
    /// <param name="create">Makes one that is starting.</param>
    /// <param name="nginxOf">Its nginx.</param>
    /// <param name="ask">Asks it something; throws while it doesn't answer.</param>
    public static async Task<T> StartAsync<T>(Func<T> create, Func<T, NginxProcess> nginxOf, Func<T, Task> ask)
        where T : IAsyncDisposable
    {
        for (var tries = 0; ; tries++)
        {
            var origin = create();
            var nginx = nginxOf(origin);
            if (await nginx.AnswersAsync(() => ask(origin)))
                return origin;
            var log = nginx._folder["error.log"];
            var error = File.Exists(log) ? await File.ReadAllTextAsync(log) : "";
            await origin.DisposeAsync();
            if (tries == 4)
                throw new InvalidOperationException($"nginx did not start: {error}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await Command.RunAsync("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        await _process.WaitForExitAsync(limit.Token);
        _process.Dispose();
        _folder.Dispose();
    }

    private static string FindNginx() =>
        new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/usr/local/bin/nginx" }.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("nginx is missing: scripts/test installs it.");

    private async Task<bool> AnswersAsync(Func<Task> ask)
    {
        for (var tries = 0; tries < 500 && !_process.HasExited; tries++)
        {
            try
            {
                await ask();
                return true;
            }
            catch (Exception exception) when (exception is HttpRequestException or System.Net.Sockets.SocketException)
            {
                await Task.Delay(20);
            }
        }

        return false;
    }
}
