using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Pipes of the proxy's logs that stay open and that nobody reads.</summary>
public sealed class StalledLogTests(SharedProxies shared)
{
    // More lines than a pipe of 64 KiB takes.
    private const int Lines = 1000;

    [Theory]
    [InlineData("-", "exec \"$@\" 1<>log")]
    [InlineData("log", "exec 9<>log; exec \"$@\"")]
    public async Task The_proxy_ends_within_its_drain_time_though_nobody_reads_the_access_log(string log, string start)
    {
        var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(),
            ["--access-log", log, "--drain-timeout", "1s"], ["/bin/sh", "-c", "mkfifo log; " + start, "sh"]);
        await using (var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext))
        {
            await client.SendAsync(string.Concat(Enumerable.Repeat("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", Lines)));
            for (var i = 0; i < Lines; i++)
                Assert.Equal(200, (await client.ReadReplyAsync()).Status);
        }

        Assert.Equal(0, await proxy.StopAsync());

        Assert.Contains("took no more bytes within --drain-timeout", proxy.Log, StringComparison.Ordinal);
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_FIFO_without_a_reader_ends_the_start_with_a_sentence()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, (await Command.RunAsync("mkfifo", [folder["log"]])).ExitStatus);
        var result = await Command.RunAsync(
            ProxyProcess.Program,
            ["serve", "--listen", "http://127.0.0.1:0", "--origin", "http://127.0.0.1:1", "--access-log", folder["log"]]);
        Assert.Equal(1, result.ExitStatus);
        Assert.Contains("nothing reads the FIFO", result.Error, StringComparison.Ordinal);
        Assert.Contains("start its reader first", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_error_that_nobody_reads_stops_neither_the_proxy_nor_its_end()
    {
        // Each reload logs a line for each of the broken pairs: together more than the logger's queue and the pipe hold.
        const int Broken = 200;
        const int Reloads = 20;
        using var folder = new TemporaryFolder();
        using var authority = TestAuthority.CreateRoot();
        var certificates = Directory.CreateDirectory(folder["certificates"]).FullName;
        authority.Issue(["localhost"]).Save(Path.Combine(certificates, "localhost.pem"), Path.Combine(certificates, "localhost.key"));
        // A reader of its own passes the lines on until it is ended.
        var start = $"cd {folder.Location}; mkfifo log; cat log >&2 & echo $! > reader; cd \"$OLDPWD\"; exec \"$@\" 2<>{folder["log"]}";
        var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(),
            ["--certificates", certificates, "--drain-timeout", "1s"], ["/bin/sh", "-c", start, "sh"]);
        await Command.RunAsync("/bin/sh", ["-c", $"kill {(await File.ReadAllTextAsync(folder["reader"])).Trim()}"]);
        await Command.RunAsync("dd", ["if=/dev/zero", $"of={folder["log"]}", "oflag=nonblock", "bs=4096", "count=64", "conv=notrunc"]);
        for (var i = 0; i < Broken; i++)
        {
            var name = Path.Combine(certificates, i.ToString(CultureInfo.InvariantCulture));
            await File.WriteAllTextAsync(name + ".pem", "broken");
            await File.WriteAllTextAsync(name + ".key", "broken");
        }

        for (var i = 0; i < Reloads; i++)
            Assert.Equal(422, (await proxy.PostAsync("certificates/reload")).Status);
        await using (var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext))
            Assert.Equal(200, (await client.GetAsync("/health")).Status);

        Assert.Equal(0, await proxy.StopAsync());
        await proxy.DisposeAsync();
    }
}
