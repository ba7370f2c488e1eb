using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>The places that end the process: each does so with one line, and with the exit status of an internal software error.</summary>
public sealed class ProcessEndTests(SharedProxies shared) : IDisposable
{
    private const int ExitStatus = 70;

    private const string LackOfMemory = "has no memory to go on; set --cache-size lower, or give the process more.";
    private const string Uncontained = "an exception was thrown where nothing contains it: ";

    // epoll_pwait2 is looked for at the start, and its substitute isn't.
    private static readonly string[] s_launcher = SystemCalls.Refuse(("epoll_pwait2", Errno.ENOSYS), ("epoll_wait", Errno.EPERM));

    private static readonly string[] s_lost =
    [
        .. s_launcher, ProxyProcess.Program,
        "serve", "--listen", "http://127.0.0.1:0", "--origin", "http://127.0.0.1:1", "--transport", "epoll", "--workers", "4",
    ];

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Loops_whose_back_end_fails_end_the_process_with_one_line_of_the_first()
    {
        var result = await Command.RunAsync(s_lost[0], s_lost[1..]);

        Assert.Equal(ExitStatus, result.ExitStatus);
        const string Line = "^tlsproxy: worker-[0-3] can't go on: epoll_wait answered EPERM; the loop can't go on. The process ends.$";
        Assert.Matches(Line, LineOf(result.Error));
    }

    [Fact]
    public async Task The_process_ends_though_nobody_reads_its_line()
    {
        // The FIFO is open for both directions, and full.
        const string Script = "mkfifo \"$0\" && exec 3<>\"$0\" && head -c 65536 /dev/zero >&3 && exec \"$@\" 2>&3";

        var result = await Command.RunAsync("/bin/sh", ["-c", Script, _folder["full"], .. s_lost]);

        Assert.Equal(ExitStatus, result.ExitStatus);
    }

    [Theory]
    [InlineData(typeof(InvalidOperationException), Uncontained + "System.InvalidOperationException: The test's own, in two lines. ")]
    [InlineData(typeof(OutOfMemoryException), "foreign " + LackOfMemory)]
    public async Task A_thread_that_is_not_the_proxy_s_ends_the_process_with_one_line_when_it_throws(Type kind, string said)
    {
        Assert.Equal(0, (await Command.RunAsync("mkfifo", [_folder["throw"]])).ExitStatus);
        var environment = new Dictionary<string, string>
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(TestFolder).Assembly.Location,
            ["TEST_FOREIGN_THREAD_FIFO"] = _folder["throw"],
            ["TEST_FOREIGN_THREAD_EXCEPTION"] = kind.FullName!,
        };
        await using var proxy = await StartAsync(shared.Scripted.Address, environment);

        await File.WriteAllTextAsync(_folder["throw"], "now");

        Assert.Equal(ExitStatus, await proxy.WaitForExitAsync("by the thread"));
        var line = LineOf(proxy.Log);
        Assert.StartsWith("tlsproxy: " + said, line, StringComparison.Ordinal);
        Assert.EndsWith(" The process ends.", line, StringComparison.Ordinal);
    }

    /// <summary>The one line that isn't of the log, whose lines begin with their time.</summary>
    private static string LineOf(string text) =>
        Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => !char.IsAsciiDigit(line[0]));

    private async Task<ProxyProcess> StartAsync(Uri origin, Dictionary<string, string> environment)
    {
        var proxy = await ProxyProcess.StartAsync(shared.Certificates, origin, environment, ["--ktls", "off"], []);
        proxy.ExpectedStatus = ExitStatus;
        return proxy;
    }
}
