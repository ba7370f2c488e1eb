using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Reloads whose files are slow, under clients and operators.</summary>
public sealed class ReloadTests : IDisposable
{
    private const int Clients = 4;
    private const int Signals = 200;

    // A signal may be delivered and handled as late as behind the release of the file, and cause a reload of its own.
    private const int LateReloads = 3;

    private readonly SharedProxies _shared;
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    public ReloadTests(SharedProxies shared)
    {
        _shared = shared;
        _authority.Issue(["localhost"]).Save(ChainFile, KeyFile);
    }

    private string ChainFile => _folder["server.pem"];

    private string KeyFile => _folder["server.key"];

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task While_a_reload_reads_a_slow_file_all_others_are_answered_and_further_requests_share_one_more()
    {
        await using var proxy = await StartAsync();
        using var slow = new SlowFile(KeyFile);
        var first = proxy.PostAsync("certificates/reload");
        await slow.AwaitedAsync();

        // As many as may wait beside the first, and one: its refusal tells that the others wait.
        var others = Enumerable.Range(0, 6).Select(_ => proxy.PostAsync("certificates/reload")).ToList();
        var refused = await Task.WhenAny(others);
        Assert.Equal(503, (await refused).Status);
        others.Remove(refused);
        for (var i = 0; i < 3; i++)
            Assert.Equal(0, (await proxy.ReadStatisticsAsync()).FailedHandshakes);
        await AskAsync(proxy);
        Assert.False(first.IsCompleted);
        Assert.DoesNotContain(others, other => other.IsCompleted);

        slow.Release();
        await first;
        foreach (var other in others)
            Assert.Equal(200, (await other).Status);

        // Its line is behind those before.
        await proxy.SignalAsync("HUP");
        await proxy.WaitForLogAsync("certificates read again (SIGHUP)");
        Assert.Equal(3, CountReloads(proxy));
    }

    [Fact]
    public async Task A_storm_of_SIGHUP_becomes_one_more_reload_and_every_client_is_answered()
    {
        await using var proxy = await StartAsync();
        using var slow = new SlowFile(KeyFile);
        await proxy.SignalAsync("HUP");
        await slow.AwaitedAsync();
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients).Select(_ => AskUntilAsync(proxy, end.Token)).ToArray();

        var script = string.Create(
            CultureInfo.InvariantCulture, $"i=0; while [ $i -lt {Signals} ]; do kill -HUP {proxy.ProcessId}; i=$((i+1)); done");
        Assert.Equal(0, (await Command.RunAsync("/bin/sh", ["-c", script])).ExitStatus);
        await AskAsync(proxy);
        Assert.Equal(0, CountReloads(proxy));
        slow.Release();
        // It shares the reload that follows, or comes behind it.
        Assert.Equal(200, (await proxy.PostAsync("certificates/reload")).Status);
        await end.CancelAsync();
        // Its line may tell the signals too, before or behind it.
        await proxy.WaitForLogAsync("POST /certificates/reload");

        Assert.All(await Task.WhenAll(clients), answers => Assert.NotEqual(0, answers));
        Assert.InRange(CountReloads(proxy), 2, 2 + LateReloads);
        var statistics = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(0, statistics.FailedHandshakes);
        Assert.Equal(0, statistics.Faults);
    }

    private static int CountReloads(ProxyProcess proxy) => proxy.Log.Split("certificates read again (").Length - 1;

    /// <summary>Opens connection after connection, each of which must be answered.</summary>
    /// <returns>The number of answers.</returns>
    private static async Task<int> AskUntilAsync(ProxyProcess proxy, CancellationToken end)
    {
        var answers = 0;
        while (!end.IsCancellationRequested)
        {
            await AskAsync(proxy);
            answers++;
        }

        return answers;
    }

    private static async Task AskAsync(ProxyProcess proxy)
    {
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port(Transport.Tls13User), limit.Token);
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            // The authority is the test's own.
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is not null && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        };
        await tls.AuthenticateAsClientAsync(options, limit.Token);
        await tls.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), limit.Token);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        var answer = await reader.ReadToEndAsync(limit.Token);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("ok\n", answer, StringComparison.Ordinal);
    }

    private Task<ProxyProcess> StartAsync() => _shared.StartAsync(
        _shared.Scripted.Address, Transport.Tls13User, "--certificate", ChainFile, "--key", KeyFile, "--certificate-watch", "off");
}
