using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What a core file of the proxy holds.</summary>
public sealed class CoreDumpTests(SharedProxies shared) : IDisposable
{
    private const string Pattern = "/proc/sys/kernel/core_pattern";

    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task There_is_none_unless_it_was_asked_for()
    {
        SkipUnlessInFolder();
        var proxy = await StartAsync(_authority.Issue(["localhost"]));
        await DumpAsync(proxy);
        Assert.Null(FindCore());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_holds_no_key_of_certificates_tickets_or_connections(bool rsa)
    {
        SkipUnlessInFolder();
        var leaf = _authority.Issue(["localhost"], rsa);
        var ticketKeys = RandomNumberGenerator.GetBytes(80);
        await File.WriteAllBytesAsync(_folder["tickets"], ticketKeys);
        File.SetUnixFileMode(_folder["tickets"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var proxy = await StartAsync(leaf, "--core-dumps", "--ticket-key-file", _folder["tickets"], "--admin-hosts", "canary.example");
        // One connection that has ended and two that are open, whose records are made in user space.
        await using (await OpenAsync(proxy, "-tls1_3"))
        {
        }

        await using var tls13 = await OpenAsync(proxy, "-tls1_3");
        await using var tls12 = await OpenAsync(proxy, "-tls1_2");
        foreach (var client in (OpenSslTerminal[])[tls13, tls12])
        {
            await client.TypeAsync("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await client.WaitForAsync("200 OK");
        }

        await DumpAsync(proxy);

        var core = await File.ReadAllBytesAsync(FindCore() ?? throw new FileNotFoundException("There is no core file."));
        Assert.True(Holds(core, Encoding.Unicode.GetBytes("canary.example")), "The dump lacks the managed heap.");
        Assert.False(Holds(core, ticketKeys.AsSpan(16, 32)), "The dump holds a ticket's HMAC key.");
        Assert.False(Holds(core, ticketKeys.AsSpan(48, 32)), "The dump holds a ticket's AES key.");
        foreach (var (name, bytes) in PrivateNumbers(leaf, rsa))
        {
            Assert.False(Holds(core, bytes), $"The dump holds {name} of the private key.");
            Array.Reverse(bytes);
            Assert.False(Holds(core, bytes), $"The dump holds {name} of the private key, last byte first.");
        }

        Assert.All(
            leaf.KeyPem.Split('\n')[1..^2], line => Assert.False(Holds(core, Encoding.ASCII.GetBytes(line)), "It holds the key's file."));
        foreach (var line in await File.ReadAllLinesAsync(_folder["secrets"]))
        {
            var words = line.Split(' ');
            if (words[0] is not ("CLIENT_TRAFFIC_SECRET_0" or "SERVER_TRAFFIC_SECRET_0" or "CLIENT_RANDOM"))
                continue;
            var secret = Convert.FromHexString(words[2]);
            Assert.False(Holds(core, secret), $"The dump holds a {words[0]}.");
            if (words[0] != "CLIENT_RANDOM")
                Assert.False(Holds(core, TrafficKey(secret)), $"The dump holds the key of a {words[0]}.");
        }
    }

    private static bool Holds(byte[] core, ReadOnlySpan<byte> bytes) => core.AsSpan().IndexOf(bytes) >= 0;

    private static IEnumerable<(string Name, byte[] Bytes)> PrivateNumbers(TestLeaf leaf, bool rsa)
    {
        if (rsa)
        {
            using var key = RSA.Create();
            key.ImportFromPem(leaf.KeyPem);
            var numbers = key.ExportParameters(true);
            return [("d", numbers.D!), ("p", numbers.P!), ("q", numbers.Q!), ("dp", numbers.DP!), ("dq", numbers.DQ!)];
        }

        using var scalar = ECDsa.Create();
        scalar.ImportFromPem(leaf.KeyPem);
        return [("d", scalar.ExportParameters(true).D!)];
    }

    /// <summary>The key of a traffic secret (RFC 9846, section 7.3): the suite is TLS_AES_128_GCM_SHA256.</summary>
    private static byte[] TrafficKey(byte[] secret) =>
        HKDF.Expand(HashAlgorithmName.SHA256, secret, 16, [0, 16, 9, .. "tls13 key"u8, 0]);

    private static void SkipUnlessInFolder() =>
        Assert.SkipUnless(
            File.ReadAllText(Pattern).Trim().IndexOfAny(['/', '|']) < 0, $"core files don't go to the process's folder ({Pattern})");

    /// <summary>Ends the process by a signal whose default is a core dump and that the runtime leaves at that.</summary>
    private static async Task DumpAsync(ProxyProcess proxy)
    {
        const int SIGXCPU = 24;
        await proxy.SignalAsync("XCPU");
        Assert.Equal(128 + SIGXCPU, await proxy.StopAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await proxy.DisposeAsync());
    }

    private Task<ProxyProcess> StartAsync(TestLeaf leaf, params string[] options)
    {
        leaf.Save(_folder["server.pem"], _folder["server.key"]);
        File.WriteAllText(_folder["ca.pem"], _authority.CertificatePem);
        return ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(),
            ["--certificate", _folder["server.pem"], "--key", _folder["server.key"], "--ktls", "off", "--workers", "1", .. options],
            ["/bin/sh", "-c", $"ulimit -c unlimited; cd {_folder.Location}; exec \"$@\"", "sh"]);
    }

    private Task<OpenSslTerminal> OpenAsync(ProxyProcess proxy, string version) => OpenSslTerminal.OpenAsync(
        "s_client", "-connect", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port(Transport.Tls13User)}"), version,
        "-servername", "localhost", "-CAfile", _folder["ca.pem"], "-verify_return_error", "-keylogfile", _folder["secrets"],
        "-ciphersuites", "TLS_AES_128_GCM_SHA256");

    private string? FindCore() => Directory.GetFiles(_folder.Location, "core*").SingleOrDefault();
}
