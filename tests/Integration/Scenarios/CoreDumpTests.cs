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
        var proxy = await StartAsync(_authority.Issue(["localhost"]), []);
        await DumpAsync(proxy);
        Assert.Null(FindCore());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Others_look_into_the_process_only_if_core_dumps_were_asked_for(bool areAskedFor)
    {
        // Root may look into everything, but for root without these capabilities.
        string[] withoutCapability = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set", "-sys_ptrace,-perfmon,-sys_admin"]
            : ["/usr/bin/env"];
        await using var proxy = await StartAsync(
            _authority.Issue(["localhost"]), withoutCapability, areAskedFor ? ["--core-dumps"] : []);
        string[] look = [.. withoutCapability, "cat", string.Create(CultureInfo.InvariantCulture, $"/proc/{proxy.ProcessId}/environ")];

        var looked = await Command.RunAsync(look[0], look[1..]);

        Assert.Equal(areAskedFor, looked.ExitStatus == 0);
        Assert.Equal(!areAskedFor, looked.Error.Contains("Permission denied", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_holds_no_key_of_certificates_tickets_or_connections(bool rsa)
    {
        SkipUnlessInFolder();
        var (leaf, ticketKeys) = (_authority.Issue(["localhost"], rsa), RandomNumberGenerator.GetBytes(80));
        await ServeAsync(leaf, ticketKeys, DumpAsync);
        var core = FindCore() ?? throw new FileNotFoundException("There is no core file.");
        AssertHoldsNoKey([await File.ReadAllBytesAsync(core)], leaf, rsa, ticketKeys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Memory_that_would_be_dumped_holds_no_key(bool rsa)
    {
        var (leaf, ticketKeys) = (_authority.Issue(["localhost"], rsa), RandomNumberGenerator.GetBytes(80));
        IReadOnlyList<byte[]> dumped = [];
        await using var proxy = await ServeAsync(leaf, ticketKeys, serving =>
        {
            dumped = ProcessMemory.Read(serving.ProcessId, leftOut: false);
            Assert.True(Holds(ProcessMemory.Read(serving.ProcessId, leftOut: true), ticketKeys.AsSpan(48, 32)), "The search finds no key.");
            return Task.CompletedTask;
        });
        AssertHoldsNoKey(dumped, leaf, rsa, ticketKeys);
    }

    /// <summary>Has a proxy make and use keys of every kind, and looks at it while two connections are open.</summary>
    private async Task<ProxyProcess> ServeAsync(TestLeaf leaf, byte[] ticketKeys, Func<ProxyProcess, Task> look)
    {
        await File.WriteAllBytesAsync(_folder["tickets"], ticketKeys);
        File.SetUnixFileMode(_folder["tickets"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var proxy = await StartAsync(leaf, [], "--core-dumps", "--ticket-key-file", _folder["tickets"], "--admin-hosts", "canary.example");
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

        await look(proxy);
        return proxy;
    }

    private void AssertHoldsNoKey(IReadOnlyList<byte[]> dump, TestLeaf leaf, bool rsa, byte[] ticketKeys)
    {
        Assert.True(Holds(dump, Encoding.Unicode.GetBytes("canary.example")), "The dump lacks the managed heap.");
        Assert.False(Holds(dump, ticketKeys.AsSpan(16, 32)), "The dump holds a ticket's HMAC key.");
        Assert.False(Holds(dump, ticketKeys.AsSpan(48, 32)), "The dump holds a ticket's AES key.");
        foreach (var (name, bytes) in PrivateNumbers(leaf, rsa))
        {
            Assert.False(Holds(dump, bytes), $"The dump holds {name} of the private key.");
            Array.Reverse(bytes);
            Assert.False(Holds(dump, bytes), $"The dump holds {name} of the private key, last byte first.");
        }

        Assert.All(
            leaf.KeyPem.Split('\n')[1..^2], line => Assert.False(Holds(dump, Encoding.ASCII.GetBytes(line)), "It holds the key's file."));
        foreach (var line in File.ReadAllLines(_folder["secrets"]))
        {
            var words = line.Split(' ');
            if (words[0] is not ("CLIENT_TRAFFIC_SECRET_0" or "SERVER_TRAFFIC_SECRET_0" or "CLIENT_RANDOM"))
                continue;
            var secret = Convert.FromHexString(words[2]);
            Assert.False(Holds(dump, secret), $"The dump holds a {words[0]}.");
            if (words[0] != "CLIENT_RANDOM")
                Assert.False(Holds(dump, TrafficKey(secret)), $"The dump holds the key of a {words[0]}.");
        }
    }

    private static bool Holds(IReadOnlyList<byte[]> mappings, ReadOnlySpan<byte> bytes)
    {
        foreach (var mapping in mappings)
        {
            if (mapping.AsSpan().IndexOf(bytes) >= 0)
                return true;
        }

        return false;
    }

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
        const int SIGSYS = 31;
        await proxy.SignalAsync("SYS");
        Assert.Equal(128 + SIGSYS, await proxy.StopAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await proxy.DisposeAsync());
    }

    private Task<ProxyProcess> StartAsync(TestLeaf leaf, string[] launcher, params string[] options)
    {
        leaf.Save(_folder["server.pem"], _folder["server.key"]);
        File.WriteAllText(_folder["ca.pem"], _authority.CertificatePem);
        return ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(),
            ["--certificate", _folder["server.pem"], "--key", _folder["server.key"], "--ktls", "off", "--workers", "1", .. options],
            ["/bin/sh", "-c", $"ulimit -c unlimited; cd {_folder.Location}; exec \"$@\"", "sh", .. launcher]);
    }

    private Task<OpenSslTerminal> OpenAsync(ProxyProcess proxy, string version) => OpenSslTerminal.OpenAsync(
        "s_client", "-connect", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port(Transport.Tls13User)}"), version,
        "-servername", "localhost", "-CAfile", _folder["ca.pem"], "-verify_return_error", "-keylogfile", _folder["secrets"],
        "-ciphersuites", "TLS_AES_128_GCM_SHA256");

    private string? FindCore() => Directory.GetFiles(_folder.Location, "core*").SingleOrDefault();
}
