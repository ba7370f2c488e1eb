using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Certificates that are replaced while the proxy serves.</summary>
public sealed class RotationTests : IDisposable
{
    private readonly SharedProxies _shared;
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    public RotationTests(SharedProxies shared)
    {
        _shared = shared;
        Install(_authority.Issue(["localhost"]));
    }

    private static string Script => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../scripts/rotate-certs"));

    private string ChainFile => _folder["server.pem"];

    private string KeyFile => _folder["server.key"];

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Twenty_four_rotations_under_new_connections_lose_no_handshake()
    {
        await using var proxy = await StartAsync("off");
        using var end = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(index => ConnectUntilAsync(proxy, end.Token)).ToArray();
        for (var i = 0; i < 24; i++)
        {
            var leaf = _authority.Issue(["localhost"]);
            Install(leaf);
            if (i % 2 == 0)
                Assert.Contains(leaf.Serial, (await proxy.PostAsync("certificates/reload")).Answer, StringComparison.Ordinal);
            else
                await proxy.SignalAsync("HUP");
            await proxy.WaitForLogAsync($"now {leaf.Serial}");
            Assert.Equal(leaf.Serial, await PresentedAsync(proxy));
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
        await using var proxy = await StartAsync("off");
        var gate = new Gate(1);
        var path = _shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 4");
            await exchange.SendAsync("ab"u8.ToArray());
            await gate.WaitAsync(exchange.End);
            await exchange.SendAsync("cd"u8.ToArray());
        });
        using var client = await OpenAsync(proxy);
        var serial = client.RemoteCertificate!.GetSerialNumberString();
        await client.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        await ReadUntilAsync(client, "ab");
        Install(_authority.Issue(["localhost"]));
        await proxy.PostAsync("certificates/reload");
        gate.Arrive();
        await ReadUntilAsync(client, "cd");
        await client.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        await ReadUntilAsync(client, "ok\n");
        Assert.NotEqual(serial, await PresentedAsync(proxy));
    }

    [Fact]
    public async Task Files_that_change_are_noticed_and_a_pair_that_does_not_fit_is_refused()
    {
        await using var proxy = await StartAsync("100ms");
        var second = _authority.Issue(["localhost"]);
        Install(second);
        await proxy.WaitForLogAsync($"now {second.Serial}");

        var third = _authority.Issue(["localhost"]);
        await File.WriteAllTextAsync(ChainFile, third.ChainPem);
        await proxy.WaitForLogAsync($"The private key {KeyFile} can't be used");
        Assert.Equal(second.Serial, await PresentedAsync(proxy));
        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Contains(second.Serial, statistics.ToString(), StringComparison.Ordinal);

        await File.WriteAllTextAsync(KeyFile, third.KeyPem);
        await proxy.WaitForLogAsync($"now {third.Serial}");
        Assert.Equal(third.Serial, await PresentedAsync(proxy));
    }

    [Fact]
    public async Task A_refusal_is_told_to_who_asked()
    {
        await using var proxy = await StartAsync("off");
        var serial = await PresentedAsync(proxy);
        Install(_authority.Issue(["elsewhere.example"]));
        var (status, answer) = await proxy.PostAsync("certificates/reload");
        Assert.Equal(422, status);
        Assert.Contains("localhost", answer, StringComparison.Ordinal);
        Assert.Equal(serial, await PresentedAsync(proxy));
    }

    [Fact]
    public async Task An_end_that_is_near_is_warned_of_in_the_log_the_statistics_and_by_the_doctor()
    {
        Install(_authority.Issue(["localhost"], notBefore: DateTimeOffset.UtcNow.AddDays(-80), notAfter: DateTimeOffset.UtcNow.AddDays(10)));
        await using var proxy = await StartAsync("off");
        await proxy.WaitForLogAsync("certificate default (" + ChainFile + ") expires on");
        var statistics = (await proxy.ReadStatisticsAsync()).ToString();
        Assert.Contains("\"expiresSoon\": true", statistics, StringComparison.Ordinal);
        Assert.Contains("\"daysLeft\": 9", statistics, StringComparison.Ordinal);
        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--certificate", ChainFile, "--key", KeyFile]);
        Assert.Contains("that is in 9 days; renew it", Encoding.UTF8.GetString(doctor.Output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_script_issues_installs_tells_and_asks(bool byAdmin)
    {
        await WriteAuthorityAsync();
        await using var proxy = await StartAsync("off");
        var before = await PresentedAsync(proxy);
        string[] tell = byAdmin
            ? ["--admin", proxy.AdminAddress.ToString(), "--token-file", proxy.TokenFile]
            : ["--pid", proxy.ProcessId.ToString(CultureInfo.InvariantCulture)];

        var result = await RunScriptAsync(proxy, [.. tell, "--ca", _folder.Location, "--force"]);

        Assert.True(result.ExitStatus == 0, result.Error);
        var after = await PresentedAsync(proxy);
        var output = Encoding.ASCII.GetString(result.Output);
        Assert.Contains($"before: serial {before}", output, StringComparison.Ordinal);
        Assert.Contains($"now:    serial {after}", output, StringComparison.Ordinal);
        Assert.NotEqual(before, after);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Equal(["ca.key", "ca.pem", "server.key", "server.pem"], Directory.GetFiles(_folder.Location).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_script_is_a_deploy_hook_of_certbot()
    {
        var renewed = _authority.Issue(["localhost", "www.localhost"]);
        renewed.SaveAsCertbot(_folder["live/localhost"]);
        await using var proxy = await StartAsync("100ms");

        var result = await RunScriptAsync(proxy, [], ("RENEWED_LINEAGE", _folder["live/localhost"]));

        Assert.True(result.ExitStatus == 0, result.Error);
        Assert.Equal(renewed.Serial, await PresentedAsync(proxy));
        Assert.Equal(renewed.KeyPem, await File.ReadAllTextAsync(KeyFile));
    }

    [Theory]
    [InlineData("live/a.example/fullchain.pem", "a.example")]
    [InlineData("a.example.pem", "a.example")]
    public async Task In_a_folder_of_certificates_a_pair_is_named_by_its_file_or_by_the_folder_of_certbot_s(string chain, string name)
    {
        Directory.CreateDirectory(_folder["live/a.example"]);
        _authority.Issue(["a.example"]).Save(_folder[chain], _folder["new.key"]);

        var result = await Command.RunAsync(
            Script, ["--certificate", _folder[chain], "--key", _folder["new.key"], "--folder", _folder["certificates"], "--no-verify"]);

        Assert.True(result.ExitStatus == 0, result.Error);
        Assert.Equal([_folder["certificates/" + name]], Directory.GetDirectories(_folder["certificates"]));
    }

    /// <summary>The script is told to install it all the same, but the proxy keeps to the names it has.</summary>
    [Theory]
    [InlineData("admin", "off", "the proxy refused: ")]
    [InlineData("pid", "off", "didn't present the new certificate")]
    [InlineData("watch", "100ms", "didn't present the new certificate")]
    [InlineData("nobody", "off", "there is no process")]
    public async Task What_the_proxy_refuses_does_not_stay_installed(string told, string watch, string reason)
    {
        await using var proxy = await StartAsync(watch);
        var serial = await PresentedAsync(proxy);
        var before = (await File.ReadAllTextAsync(ChainFile), await File.ReadAllTextAsync(KeyFile));
        _authority.Issue(["elsewhere.example"]).Save(_folder["new.pem"], _folder["new.key"]);
        string[] tell = told switch
        {
            "admin" => ["--admin", proxy.AdminAddress.ToString(), "--token-file", proxy.TokenFile],
            "pid" => ["--pid", proxy.ProcessId.ToString(CultureInfo.InvariantCulture)],
            // Numbers of processes end at 2^22 (PID_MAX_LIMIT, proc(5)).
            "nobody" => ["--pid", "4194305"],
            _ => [],
        };

        var result = await RunScriptAsync(
            proxy, [.. tell, "--certificate", _folder["new.pem"], "--key", _folder["new.key"], "--force", "--servername", "localhost", "--wait", "1"]);

        Assert.Equal(1, result.ExitStatus);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Contains("the files before are back", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await File.ReadAllTextAsync(ChainFile), await File.ReadAllTextAsync(KeyFile)));
        Assert.Equal(serial, await PresentedAsync(proxy));
    }

    [Theory]
    [InlineData("key", "isn't the key of")]
    [InlineData("expired", "has expired")]
    [InlineData("names", "isn't for localhost")]
    [InlineData("chain", "didn't issue")]
    [InlineData("early", "isn't valid yet")]
    public async Task The_script_installs_nothing_that_does_not_fit(string what, string reason)
    {
        var now = DateTimeOffset.UtcNow;
        var good = _authority.Issue(["localhost"]);
        var bad = what switch
        {
            "key" => good with { KeyPem = _authority.Issue(["localhost"]).KeyPem },
            "expired" => _authority.Issue(["localhost"], notBefore: now.AddDays(-9), notAfter: now.AddMinutes(-1)),
            "early" => _authority.Issue(["localhost"], notBefore: now.AddDays(1)),
            "names" => _authority.Issue(["elsewhere.example"]),
            _ => good with { ChainPem = good.ChainPem + _authority.Issue(["localhost"]).ChainPem },
        };
        bad.Save(_folder["new.pem"], _folder["new.key"]);
        var before = (await File.ReadAllTextAsync(ChainFile), await File.ReadAllTextAsync(KeyFile));

        var result = await Command.RunAsync(
            Script, ["--certificate", _folder["new.pem"], "--key", _folder["new.key"], "--to", ChainFile, "--to-key", KeyFile, "--no-verify"]);

        Assert.Equal(1, result.ExitStatus);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, (await File.ReadAllTextAsync(ChainFile), await File.ReadAllTextAsync(KeyFile)));
    }

    private static async Task<SslStream> OpenAsync(ProxyProcess proxy)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port(Transport.Tls13User));
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            // Who has issued it is known: the test compares serial numbers.
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is not null && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        });
        return tls;
    }

    private static async Task<string> PresentedAsync(ProxyProcess proxy)
    {
        using var client = await OpenAsync(proxy);
        var serial = client.RemoteCertificate!.GetSerialNumberString();
        // As openssl writes it: without the byte that keeps a number of DER positive.
        return serial.StartsWith("00", StringComparison.Ordinal) ? serial[2..] : serial;
    }

    /// <summary>Opens connection after connection, each of which must be answered.</summary>
    /// <returns>The serial numbers seen.</returns>
    private static async Task<IReadOnlyList<string>> ConnectUntilAsync(ProxyProcess proxy, CancellationToken end)
    {
        var seen = new List<string>();
        while (!end.IsCancellationRequested)
        {
            using var client = await OpenAsync(proxy);
            await client.WriteAsync("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray(), CancellationToken.None);
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

    private void Install(TestLeaf leaf) => leaf.Save(ChainFile, KeyFile);

    private async Task WriteAuthorityAsync()
    {
        await File.WriteAllTextAsync(_folder["ca.pem"], _authority.CertificatePem);
        await File.WriteAllTextAsync(_folder["ca.key"], _authority.KeyPem);
    }

    private Task<CommandResult> RunScriptAsync(ProxyProcess proxy, string[] options, params (string Name, string Value)[] environment)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port(Transport.Tls13User)}");
        string[] variables = [.. environment.Select(variable => $"{variable.Name}={variable.Value}")];
        return Command.RunAsync("env", [.. variables, Script, "--to", ChainFile, "--to-key", KeyFile, "--connect", address, .. options]);
    }

    private Task<ProxyProcess> StartAsync(string watch) => _shared.StartAsync(
        _shared.Scripted.Address, Transport.Tls13User, "--certificate", ChainFile, "--key", KeyFile, "--certificate-watch", watch);
}
