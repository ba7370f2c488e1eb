using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Every signal that a process can get from its operator, the shell's job control and SIGKILL excepted.</summary>
public sealed class SignalTests(SharedProxies shared)
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task A_signal_to_end_drains_however_often_it_comes(string name)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var half = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 4");
            await exchange.SendAsync("ab"u8.ToArray());
            await half.WaitAsync(exchange.End);
            await exchange.SendAsync("cd"u8.ToArray());
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path);
        var head = await client.ReadHeadAsync();

        await proxy.SignalAsync(name);
        await proxy.WaitForLogAsync("draining");
        await proxy.SignalAsync(name);
        half.Arrive();

        Assert.Equal("abcd"u8.ToArray(), await MessageBody.ReadAsync(client.Reader, head, untilClose: false, client.Limit));
        Assert.Equal(0, await proxy.WaitForExitAsync($"on SIG{name}"));
    }

    [Fact]
    public async Task SIGUSR1_opens_the_access_log_again_as_for_nginx()
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--access-log", "access.log");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        File.Move(proxy.AccessLogFile, proxy.AccessLogFile + ".1");

        await proxy.SignalAsync("USR1");

        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        while (!File.Exists(proxy.AccessLogFile))
            await Task.Delay(10, limit.Token);
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
        while (!(await File.ReadAllTextAsync(proxy.AccessLogFile, limit.Token)).Contains("GET /health", StringComparison.Ordinal))
            await Task.Delay(10, limit.Token);
        Assert.DoesNotContain("certificates read again", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_other_signal_ends_the_proxy()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        string[] names = ["USR2", "PIPE", "ALRM", "STKFLT", "CHLD", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR"];
        // The real-time signals of programs; they have no names that every shell knows.
        var numbers = Enumerable.Range(35, 30).Select(number => number.ToString(CultureInfo.InvariantCulture));
        foreach (var name in names.Concat(numbers))
        {
            await proxy.SignalAsync(name);
            Assert.Equal(200, (await client.GetAsync("/health")).Status);
        }

        Assert.Equal(0, await proxy.StopAsync());
    }
}
