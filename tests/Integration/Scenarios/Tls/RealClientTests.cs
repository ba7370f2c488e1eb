using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Clients that people use, each of which fetches an object and gets it whole, in sessions of its own and in resumed ones. The
/// access log says what became of the connections.</summary>
public sealed class RealClientTests(SharedProxies shared)
{
    private static readonly byte[] _content = TestContent.Make(300_000, seed: 11);
    private static readonly string _hash = Convert.ToHexString(SHA256.HashData(_content));

    /// <summary>TLS in every placement of the records.</summary>
    public static IEnumerable<TheoryDataRow<Transport>> Transports() => Matrix.Transports().Where(row => row.Data.IsTls());

    /// <summary>TLS without the kernel, for clients that differ by nothing below the handshake.</summary>
    public static IEnumerable<TheoryDataRow<Transport>> UserTransports() => Transports().Where(row => !row.Data.NeedsKernelTls());

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Python(Transport transport)
    {
        var (proxy, path) = await OfferAsync(transport);
        var version = transport.Protocol() == SslProtocols.Tls12 ? "TLSv1_2" : "TLSv1_3";

        var result = await Command.RunAsync(
            ClientProgram.Find("python3"),
            [ClientProgram.Script("fetch.py"), Port(proxy, transport), path, proxy.Certificates.AuthorityFile, version]);

        await CheckLinesAsync(proxy, transport, path, result);
    }

    [Theory]
    [MemberData(nameof(UserTransports))]
    public async Task Node(Transport transport)
    {
        var (proxy, path) = await OfferAsync(transport);
        var version = transport.Protocol() == SslProtocols.Tls12 ? "TLSv1.2" : "TLSv1.3";

        var result = await Command.RunAsync(
            ClientProgram.Find("node"),
            [ClientProgram.Script("fetch.mjs"), Port(proxy, transport), path, proxy.Certificates.AuthorityFile, version]);

        await CheckLinesAsync(proxy, transport, path, result);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task GnuTls(Transport transport)
    {
        var (proxy, path) = await OfferAsync(transport);
        var program = ClientProgram.Find("gnutls-cli");
        using var folder = new TemporaryFolder();
        var priority = transport.Protocol() == SslProtocols.Tls12 ? "NORMAL:-VERS-ALL:+VERS-TLS1.2" : "NORMAL:-VERS-ALL:+VERS-TLS1.3";
        string[] arguments =
        [
            "--x509cafile", proxy.Certificates.AuthorityFile, "--port", Port(proxy, transport), "--logfile", folder["log"],
            "--priority", priority,
            "--sni-hostname", "localhost", "--verify-hostname", "localhost", "127.0.0.1",
        ];

        foreach (var resume in new[] { false, true })
        {
            // It first connects without a request and then again, resuming; without being told to wait for the ticket it does for 50 ms.
            var result = await Command.RunAsync(
                program, resume ? ["--resume", "--waitresumption", .. arguments] : arguments, Request(path));
            Assert.True(result.ExitStatus == 0, $"gnutls-cli ended with {result.ExitStatus}: {result.Error}");
            CheckBody(result.Output);
        }

        // It says its last word right after its request; where that comes before the hand-over there is nothing for the kernel to receive.
        var version = transport.Protocol() == SslProtocols.Tls12 ? "TLSv1.2" : "TLSv1.3";
        var lines = await AccessLogLine.ReadAsync(proxy, path, 2);
        Assert.Equal(["no", "yes"], lines.Select(line => line.Resumed));
        Assert.All(lines, line => Assert.Equal(version, line.Version));
        Assert.All(lines, line => Assert.True(
            line.Ktls == transport.KtlsLogged() || (line.Ktls == "tx" && transport.KtlsOption() == "both"), line.Ktls));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Curl(Transport transport)
    {
        var (proxy, path) = await OfferAsync(transport);

        Assert.Equal(_content, await Harness.Curl.GetAsync(proxy, transport, Persistence.KeepAlive, path));

        await CheckLogAsync(proxy, transport, path, "no");
    }

    [Theory]
    [MemberData(nameof(UserTransports))]
    public async Task DotNet(Transport transport)
    {
        var (proxy, path) = await OfferAsync(transport);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.EnabledSslProtocols = transport.Protocol();
        handler.SslOptions.RemoteCertificateValidationCallback =
            (_, certificate, _, errors) => proxy.Certificates.IsTrusted(certificate, errors);
        using var client = new HttpClient(handler) { Timeout = RunningKernel.TestLimit, DefaultRequestVersion = HttpVersion.Version11 };

        for (var i = 0; i < 2; i++)
            Assert.Equal(
                _content,
                await client.GetByteArrayAsync(new Uri(proxy.Address(transport) + path), TestContext.Current.CancellationToken));

        Assert.Equal(2, (await AccessLogLine.ReadAsync(proxy, path, 2)).Length);
    }

    [Theory]
    [InlineData(Transport.Tls13User)]
    public async Task Chromium(Transport transport)
    {
        var program = ClientProgram.Find("chromium");
        var (proxy, path) = await OfferAsync(transport);
        var page = (await shared.NginxAsync()).Add(
            $"{transport}-page.html",
            await File.ReadAllBytesAsync(ClientProgram.Script("page.html"), TestContext.Current.CancellationToken));
        using var profile = new TemporaryFolder();

        var result = await Command.RunAsync(program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-proxy-server", $"--user-data-dir={profile.Location}",
            $"--ignore-certificate-errors-spki-list={proxy.Certificates.PublicKeyHash}", "--virtual-time-budget=30000", "--dump-dom",
            $"{proxy.Address(transport)}{page}?{path}",
        ]);

        Assert.Contains($">200 {_hash}<", Encoding.UTF8.GetString(result.Output), StringComparison.Ordinal);
        // It offers the hybrid group first, which this engine has whatever OpenSSL is on the machine.
        if ((TestRun.Engine ?? (await proxy.ReadStatisticsAsync()).Engine) == "bouncycastle")
            Assert.Equal("X25519MLKEM768", (await AccessLogLine.ReadAsync(proxy, path, 1))[0].Group);
    }

    public static IEnumerable<TheoryDataRow<Transport, string, string>> Groups()
    {
        yield return new(Transport.Tls13User, "X25519", "x25519");
        yield return new(Transport.Tls13User, "P-256", "secp256r1");
        yield return new(Transport.Tls13User, "P-384", "secp384r1");
        // In TLS 1.2 the groups are those of signatures too, and the certificate is of P-256.
        yield return new(Transport.Tls12User, "X25519:P-256", "x25519");
        yield return new(Transport.Tls12User, "P-256", "secp256r1");
        yield return new(Transport.Tls12User, "P-384:P-256", "secp384r1");

        // The first share is of a group that isn't served: another is asked for.
        yield return new(Transport.Tls13User, "P-521:P-384", "secp384r1");
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public async Task OpenSsl_in_every_group(Transport transport, string groups, string chosen)
    {
        var (proxy, path) = await OfferAsync(transport);

        CheckBody(await OpenSslClient.GetAsync(proxy, transport, "", path, "-groups", groups));

        Assert.Equal(chosen, Assert.Single(await AccessLogLine.ReadAsync(proxy, path, 1)).Group);
    }

    [Fact]
    public async Task OpenSsl_in_the_hybrid_group()
    {
        const string Hybrid = "X25519MLKEM768";
        var known = await Command.RunAsync("openssl", ["list", "-kem-algorithms"]);
        Assert.SkipUnless(
            Encoding.ASCII.GetString(known.Output).Contains(Hybrid, StringComparison.Ordinal),
            $"SKIPPED: openssl here is older than 3.5, so nothing is known about {Hybrid} "
            + "(scripts/test --libssl FOLDER tests with another)");
        var (proxy, path) = await OfferAsync(Transport.Tls13User);

        CheckBody(await OpenSslClient.GetAsync(proxy, Transport.Tls13User, "", path, "-groups", Hybrid));

        Assert.Equal(Hybrid, Assert.Single(await AccessLogLine.ReadAsync(proxy, path, 1)).Group);
    }

    [Theory]
    [MemberData(nameof(Matrix.Suites), MemberType = typeof(Matrix))]
    public async Task OpenSsl_in_a_resumed_session_of_every_suite(Transport transport, string suite)
    {
        var (proxy, path) = await OfferAsync(transport);
        using var folder = new TemporaryFolder();

        CheckBody(await OpenSslClient.GetAsync(proxy, transport, suite, path, "-sess_out", folder["session"]));
        CheckBody(await OpenSslClient.GetAsync(proxy, transport, suite, path, "-sess_in", folder["session"]));

        Assert.All(await CheckLogAsync(proxy, transport, path, "no", "yes"), line => Assert.Equal(suite, line.Suite));
    }

    private static string Port(ProxyProcess proxy, Transport transport) => proxy.Port(transport).ToString(CultureInfo.InvariantCulture);

    private static byte[] Request(string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    /// <summary>An object on nginx, of a path of its own.</summary>
    private async Task<(ProxyProcess Proxy, string Path)> OfferAsync(Transport transport)
    {
        var proxy = await shared.BeforeNginxAsync(transport);
        return (proxy, (await shared.NginxAsync()).Add($"client-{Guid.NewGuid():N}.bin", _content));
    }

    private static void CheckBody(byte[] received)
    {
        var body = received.AsSpan(received.AsSpan().IndexOf("\r\n\r\n"u8) + 4);
        Assert.StartsWith("HTTP/1.1 200", Encoding.Latin1.GetString(received, 0, Math.Min(received.Length, 12)), StringComparison.Ordinal);
        Assert.True(body.SequenceEqual(_content), $"{body.Length} bytes came, {_content.Length} were sent, or they differ");
    }

    /// <summary>The three lines of a client's own: two fetches on one connection, and one in a resumed session.</summary>
    private static async Task CheckLinesAsync(ProxyProcess proxy, Transport transport, string path, CommandResult result)
    {
        Assert.True(result.ExitStatus == 0, result.Error);
        var lines = Encoding.ASCII.GetString(result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([$"200 {_hash} no", $"200 {_hash} no", $"200 {_hash} yes"], lines);
        await CheckLogAsync(proxy, transport, path, "no", "no", "yes");
    }

    private static async Task<AccessLogLine[]> CheckLogAsync(ProxyProcess proxy, Transport transport, string path, params string[] resumed)
    {
        var lines = await AccessLogLine.ReadAsync(proxy, path, resumed.Length);
        var version = transport.Protocol() == SslProtocols.Tls12 ? "TLSv1.2" : "TLSv1.3";
        Assert.Equal(resumed, lines.Select(line => line.Resumed));
        Assert.All(lines, line => Assert.Equal((version, transport.KtlsLogged()), (line.Version, line.Ktls)));
        return lines;
    }
}
