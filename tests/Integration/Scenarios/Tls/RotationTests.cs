using System.Net.Security;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Certificates that are replaced while the proxy serves.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly RotationScene _scene;
    private readonly SharedProxies _shared;

    public RotationTests(SharedProxies shared)
    {
        _shared = shared;
        _scene = new RotationScene(shared);
    }

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Twenty_four_rotations_under_new_connections_lose_no_handshake()
    {
        await using var proxy = await _scene.StartAsync("off");
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(index => ConnectUntilAsync(proxy, end.Token)).ToArray();
        for (var i = 0; i < 24; i++)
        {
            var leaf = _scene.Authority.Issue(["localhost"]);
            _scene.Install(leaf);
            if (i % 2 == 0)
                Assert.Contains(leaf.Serial, (await proxy.PostAsync("certificates/reload")).Answer, StringComparison.Ordinal);
            else
                await proxy.SignalAsync("HUP");
            await proxy.WaitForLogAsync($"now {leaf.Serial}");
            Assert.Equal(leaf.Serial, await RotationScene.PresentedAsync(proxy));
        }

        await end.CancelAsync();
        var seen = await Task.WhenAll(clients);
        var statistics = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(0, statistics.FailedHandshakes);
        Assert.True(seen.SelectMany(serials => serials).Distinct().Count() > 10, "The clients have seen few of the certificates.");
    }

    [Fact]
    public async Task A_connection_goes_on_over_a_rotation()
    {
        await using var proxy = await _scene.StartAsync("off");
        var gate = new Gate(1);
        var path = _shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 4");
            await exchange.SendAsync("ab"u8.ToArray());
            await gate.WaitAsync(exchange.End);
            await exchange.SendAsync("cd"u8.ToArray());
        });
        using var client = await RotationScene.OpenAsync(proxy);
        var serial = client.RemoteCertificate!.GetSerialNumberString();
        await client.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        await ReadUntilAsync(client, "ab");
        _scene.Install(_scene.Authority.Issue(["localhost"]));
        await proxy.PostAsync("certificates/reload");
        gate.Arrive();
        await ReadUntilAsync(client, "cd");
        await client.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        await ReadUntilAsync(client, "ok\n");
        Assert.NotEqual(serial, await RotationScene.PresentedAsync(proxy));
    }

    [Fact]
    public async Task Files_that_change_are_noticed_and_a_pair_that_does_not_fit_is_refused()
    {
        await using var proxy = await _scene.StartAsync("100ms");
        var second = _scene.Authority.Issue(["localhost"]);
        _scene.Install(second);
        await proxy.WaitForLogAsync($"now {second.Serial}");

        var third = _scene.Authority.Issue(["localhost"]);
        await File.WriteAllTextAsync(_scene.ChainFile, third.ChainPem);
        await proxy.WaitForLogAsync($"The private key {_scene.KeyFile} can't be used");
        Assert.Equal(second.Serial, await RotationScene.PresentedAsync(proxy));
        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Contains(second.Serial, statistics.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(_scene.KeyFile, third.KeyPem);
        await proxy.WaitForLogAsync($"now {third.Serial}");
        Assert.Equal(third.Serial, await RotationScene.PresentedAsync(proxy));
    }

    [Fact]
    public async Task A_refusal_is_told_to_who_asked()
    {
        await using var proxy = await _scene.StartAsync("off");
        var serial = await RotationScene.PresentedAsync(proxy);
        _scene.Install(_scene.Authority.Issue(["elsewhere.example"]));
        var (status, answer) = await proxy.PostAsync("certificates/reload");
        Assert.Equal(422, status);
        Assert.Contains("localhost", answer, StringComparison.Ordinal);
        Assert.Equal(serial, await RotationScene.PresentedAsync(proxy));
    }

    [Fact]
    public async Task An_end_that_is_near_is_warned_of_in_the_log_the_statistics_and_by_the_doctor()
    {
        var now = DateTimeOffset.UtcNow;
        _scene.Install(_scene.Authority.Issue(["localhost"], notBefore: now.AddDays(-80), notAfter: now.AddDays(10)));
        await using var proxy = await _scene.StartAsync("off");
        await proxy.WaitForLogAsync("certificate default (" + _scene.ChainFile + ") expires on");
        var statistics = (await proxy.ReadStatisticsAsync()).ToString();
        Assert.Contains("\"expiresSoon\": true", statistics, StringComparison.Ordinal);
        Assert.Contains("\"daysLeft\": 9", statistics, StringComparison.Ordinal);
        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--certificate", _scene.ChainFile, "--key", _scene.KeyFile]);
        Assert.Contains("that is in 9 days; renew it", Encoding.UTF8.GetString(doctor.Output), StringComparison.Ordinal);
    }

    /// <summary>Opens connection after connection, each of which must be answered.</summary>
    /// <returns>The serial numbers seen.</returns>
    private static async Task<IReadOnlyList<string>> ConnectUntilAsync(ProxyProcess proxy, CancellationToken end)
    {
        var seen = new List<string>();
        while (!end.IsCancellationRequested)
        {
            using var client = await RotationScene.OpenAsync(proxy);
            await client.WriteAsync(
                "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), CancellationToken.None);
            await ReadUntilAsync(client, "ok\n");
            seen.Add(client.RemoteCertificate!.GetSerialNumberString());
        }

        return seen;
    }

    private static async Task ReadUntilAsync(SslStream stream, string end)
    {
        var text = string.Empty;
        var buffer = new byte[4096];
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer);
            Assert.True(count > 0, $"The connection ended after: {text}");
            text += Encoding.Latin1.GetString(buffer, 0, count);
        }
    }
}
