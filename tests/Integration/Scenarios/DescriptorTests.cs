using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>A proxy that may hold few descriptors, and one that loses them while it serves.</summary>
public sealed class DescriptorTests(SharedProxies shared)
{
    private const int Few = 300;

    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(140)]
    [InlineData(200)]
    [InlineData(260)]
    public async Task Too_low_a_limit_ends_the_start_with_a_sentence_and_the_doctor_finds_the_same_number_needed(int limit)
    {
        string[] under = ["-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {limit}; exec \"$@\""), "sh", ProxyProcess.Program];
        var serve = await Command.RunAsync(
            "/bin/sh", [.. under, "serve", "--listen", "http://127.0.0.1:0", "--origin", "http://127.0.0.1:1"]);
        Assert.Equal(1, serve.ExitStatus);
        var sentence = $"The limit of open files is {limit}, and at least [0-9]+ are needed: raise it[^\n.]*";
        Assert.Matches($"^tlsproxy: {sentence}\\.\n$", serve.Error);

        var doctor = await Command.RunAsync("/bin/sh", [.. under, "doctor"]);

        Assert.Equal(1, doctor.ExitStatus);
        Assert.Contains(
            Regex.Match(serve.Error, sentence).Value, Encoding.UTF8.GetString(doctor.Output) + doctor.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_connections_than_descriptors_are_refused_at_the_start()
    {
        var result = await Command.RunAsync("/bin/sh",
        [
            "-c", $"ulimit -n {Few}; exec \"$@\"", "sh", ProxyProcess.Program, "serve", "--listen", "http://127.0.0.1:0", "--origin",
            "http://127.0.0.1:1", "--max-connections", "1000",
        ]);
        Assert.Equal(1, result.ExitStatus);
        Assert.Contains("--max-connections", result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Full_of_clients_the_proxy_asks_the_origin_and_answers_operators()
    {
        await using var proxy = await StartAsync($"ulimit -n {Few}");
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("body"u8.ToArray(), "Cache-Control: no-store"));
        var clients = new List<ClientConnection>();
        for (var i = 0; i < Few; i++)
            clients.Add(await ClientConnection.OpenRawAsync(proxy.Port(Transport.Plaintext)));
        var statistics = await proxy.WaitUntilAsync(
            now => now.AcceptPauses > 0 && now.OpenConnections == now.MaximumConnections, "as many as fit");
        Assert.InRange(statistics.MaximumConnections, 16, Few);

        for (var i = 0; i < 16; i++)
            Assert.Equal("body", (await clients[i].GetAsync(path)).Text);
        Assert.Equal(200, (await proxy.PostAsync("certificates/reload")).Status);
        await proxy.SignalAsync("HUP");
        await proxy.WaitForLogAsync("certificates read again (SIGHUP): 0 changed, 0 refused");
        // The clients behind them wait until there is room, which the kept connections make.
        Assert.Equal("body", (await clients[^1].GetAsync(path)).Text);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task Descriptors_that_are_taken_away_are_missed_without_an_end()
    {
        await using var proxy = await StartAsync("ulimit -n 1000", "--access-log", "access.log", "--core-dumps");
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("body"u8.ToArray(), "Cache-Control: no-store"));
        await using var kept = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal("body", (await kept.GetAsync(path)).Text);
        var open = Directory.GetFiles($"/proc/{proxy.ProcessId}/fd").Length;

        await LimitAsync(proxy, $"{open}:{open}");
        await proxy.WaitForLogAsync("descriptors are short");

        // Accepts, connections to the origin, the log and certificates take what the proxy had put aside.
        Assert.Equal("body", (await kept.GetAsync(path)).Text);
        await using (var next = await ClientConnection.OpenAsync(proxy, Transport.Tls13User))
            Assert.Equal("body", (await next.GetAsync(path)).Text);
        Assert.Equal(200, (await proxy.PostAsync("certificates/reload")).Status);
        await proxy.SignalAsync("HUP");
        await proxy.WaitForLogAsync("certificates read again (SIGHUP)");
        Assert.DoesNotContain("no permission", proxy.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(160)]
    public async Task A_soft_limit_below_what_is_open_is_raised_again_and_SIGTERM_ends_the_proxy_in_order(int limit)
    {
        await using var proxy = await StartAsync($"ulimit -n {Few}", "--drain-timeout", "1s");
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("body"u8.ToArray(), "Cache-Control: no-store"));
        await using var operators = await ClientConnection.OpenRawAsync(proxy.AdminAddress.Port);
        var idle = new List<ClientConnection>();
        for (var i = 0; i < 30; i++)
        {
            idle.Add(await ClientConnection.OpenAsync(proxy, Transport.Plaintext));
            Assert.Equal(200, (await idle[^1].GetAsync("/health")).Status);
        }

        await LimitAsync(proxy, $"{limit}:");
        await proxy.WaitForLogAsync($"the limit of open files was lowered to {limit} while the proxy runs, and is raised to {Few} again");

        for (var i = 0; i < 10; i++)
        {
            await proxy.SignalAsync("HUP");
            await proxy.SignalAsync("USR1");
        }

        Assert.Equal("body", (await idle[0].GetAsync(path)).Text);
        await using (var next = await ClientConnection.OpenAsync(proxy, Transport.Tls13User))
            Assert.Equal("body", (await next.GetAsync(path)).Text);
        Assert.Equal(200, (await operators.GetAsync("/stats")).Status);
        Assert.Equal(0, await proxy.StopAsync());
        foreach (var client in idle)
            await client.DisposeAsync();
    }

    [Fact]
    public async Task No_assembly_is_loaded_after_the_start()
    {
        await using var proxy = await StartAsync("ulimit -n 1000", "--access-log", "access.log", "--core-dumps");
        var loaded = Assemblies(proxy);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("body"u8.ToArray(), "Cache-Control: max-age=60"));

        await using (var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User))
        {
            Assert.Equal("body", (await client.GetAsync(path)).Text);
            Assert.Equal("body", (await client.GetAsync(path)).Text);
            await client.RequestAsync(path, method: "POST", fields: "Content-Length: 3\r\n");
            await client.SendAsync("abc");
            Assert.Equal(200, (await client.ReadReplyAsync()).Status);
        }

        foreach (var task in new[] { "certificates/reload", "cache/clear", "memory/collect" })
            Assert.Equal(200, (await proxy.PostAsync(task)).Status);
        await proxy.ReadStatisticsAsync();
        await proxy.SignalAsync("HUP");
        await proxy.WaitForLogAsync("certificates read again (SIGHUP)");

        Assert.Equal(loaded, Assemblies(proxy));
    }

    /// <summary>The assemblies that a process has mapped.</summary>
    private static List<string> Assemblies(ProxyProcess proxy) => File.ReadLines($"/proc/{proxy.ProcessId}/maps")
        .Select(line => line.Split(' ')[^1])
        .Where(file => file.EndsWith(".dll", StringComparison.Ordinal))
        .Distinct()
        .Order(StringComparer.Ordinal)
        .ToList();

    private static async Task LimitAsync(ProxyProcess proxy, string limits)
    {
        var result = await Command.RunAsync("prlimit",
        [
            string.Create(CultureInfo.InvariantCulture, $"--pid={proxy.ProcessId}"),
            "--nofile=" + limits,
        ]);
        Assert.True(result.ExitStatus == 0, result.Error);
    }

    private Task<ProxyProcess> StartAsync(string limit, params string[] options) => ProxyProcess.StartAsync(
        shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(), ["--workers", "2", "--ktls", "off", .. options],
        ["/bin/sh", "-c", $"{limit}; exec \"$@\"", "sh"]);
}
