using System.Net.Sockets;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>An nginx behind the proxy that serves over TLS: whom the proxy trusts, what it presents, and that it never speaks without.
/// </summary>
public sealed class OriginTlsTests(SharedProxies shared) : IAsyncLifetime
{
    private NginxTlsOrigin _nginx = null!;

    public async ValueTask InitializeAsync() => _nginx = await NginxTlsOrigin.StartAsync();

    public ValueTask DisposeAsync() => _nginx.DisposeAsync();

    [Theory]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    public async Task Answers_come_whole_and_a_second_connection_resumes_the_session_of_the_first(string version)
    {
        await using var proxy = await StartAsync(version);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        foreach (var reused in (string[])[".", "r", "r"])
        {
            var reply = await client.GetAsync("/closing/body");
            Assert.Equal(200, reply.Status);
            Assert.Equal(NginxTlsOrigin.Body, reply.Body);
            Assert.Equal((reused, version, "localhost"), (reply.Head["X-Reused"], reply.Head["X-Protocol"], reply.Head["X-Name"]));
        }

        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Equal((3, 2, 0), (statistics.OriginHandshakes, statistics.OriginHandshakesResumed, statistics.OriginHandshakesFailed));
    }

    [Theory]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    public async Task One_connection_carries_one_request_after_the_other(string version)
    {
        await using var proxy = await StartAsync(version);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 5; i++)
            Assert.Equal(NginxTlsOrigin.Body, (await client.GetAsync("/body")).Body);
        Assert.Equal(1, (await proxy.ReadStatisticsAsync()).OriginHandshakes);
    }

    [Theory]
    [InlineData("other", "the server's certificate is for other names (checked for localhost against ")]
    [InlineData("expired", "the server's certificate, or one above it, has expired (checked for localhost against ")]
    [InlineData("foreign", "the server's certificate leads to no known authority (checked for localhost against ")]
    public async Task A_certificate_that_is_not_valid_for_the_origin_is_a_502_with_the_reason_in_the_log(string kind, string reason)
    {
        await using var proxy = await StartAsync(kind);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync("/body");
        Assert.Equal((502, "The origin's certificate can't be trusted."), (reply.Status, reply.Text.TrimEnd()));
        await proxy.WaitForLogAsync(reason);
        Assert.Equal(1, (await proxy.ReadStatisticsAsync()).OriginHandshakesFailed);
    }

    [Fact]
    public async Task The_certificate_is_checked_for_the_name_that_an_option_says()
    {
        await using var proxy = await StartAsync("other", "--origin-tls-name", "other.example");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync("/body");
        Assert.Equal((200, "other.example"), (reply.Status, reply.Head["X-Name"]));
    }

    [Fact]
    public async Task Without_an_option_the_authorities_are_those_of_the_system()
    {
        await using var proxy = await shared.StartAsync(_nginx.Address("TLSv1.3"), Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal(502, (await client.GetAsync("/body")).Status);
        await proxy.WaitForLogAsync(
            "checked for localhost against the system's authorities; --origin-ca and --origin-tls-name change that");
    }

    [Theory]
    [InlineData(true, 200, "CN=proxy")]
    [InlineData(false, 400, "")]
    public async Task An_origin_that_asks_for_a_certificate_gets_the_proxys(bool has, int status, string subject)
    {
        string[] options = has ? ["--origin-cert", _nginx.ClientCertificateFile, "--origin-key", _nginx.ClientKeyFile] : [];
        await using var proxy = await StartAsync("client", options);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync("/body");
        Assert.Equal((status, subject), (reply.Status, reply.Head["X-Client"] ?? ""));
    }

    [Fact]
    public async Task A_server_without_TLS_is_told_no_request()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var received = ReceiveAsync(listener);
        await using var proxy = await shared.StartAsync(
            new Uri($"https://{listener.LocalEndpoint}"), Transport.Plaintext, "--origin-ca", _nginx.AuthorityFile);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var reply = await client.GetAsync("/body");
        Assert.Equal((502, "The TLS handshake with the origin failed."), (reply.Status, reply.Text.TrimEnd()));
        await proxy.WaitForLogAsync("the server doesn't speak TLS");
        Assert.DoesNotContain("/body", await received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_authorities_are_read_again_at_SIGHUP()
    {
        using var folder = new TestFolder();
        using var another = TestAuthority.CreateRoot();
        await File.WriteAllTextAsync(folder["ca.pem"], another.CertificatePem);
        await using var proxy = await shared.StartAsync(
            _nginx.Address("TLSv1.3"), Transport.Plaintext, "--origin-ca", folder["ca.pem"]);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal(502, (await client.GetAsync("/body")).Status);
        File.Copy(_nginx.AuthorityFile, folder["ca.pem"], overwrite: true);
        await proxy.SignalAsync("HUP");
        await proxy.WaitForLogAsync("authorities and certificates of origins read again");
        Assert.Equal(200, (await client.GetAsync("/body")).Status);
    }

    [Fact]
    public async Task Members_of_the_file_have_settings_of_their_own_and_their_health_is_checked_over_TLS()
    {
        using var folder = new TestFolder();
        var origin = $$"""
            { "origins": { "shop": {
                "members": ["{{_nginx.Address("client").GetLeftPart(UriPartial.Authority)}}"], "ca": "{{_nginx.AuthorityFile}}",
                "cert": "{{_nginx.ClientCertificateFile}}", "key": "{{_nginx.ClientKeyFile}}", "tls-name": "127.0.0.1",
                "health": { "path": "/body", "interval": "100ms", "expect": 200 } } },
              "routes": [ { "path": "/closing/", "origin": "shop" } ] }
            """;
        await File.WriteAllTextAsync(folder["options.json"], origin);
        await using var proxy = await StartAsync("TLSv1.3", "--config", folder["options.json"]);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var shop = await client.GetAsync("/closing/body");
        Assert.Equal((200, "CN=proxy", ""), (shop.Status, shop.Head["X-Client"], shop.Head["X-Name"] ?? ""));
        Assert.Equal(200, (await client.GetAsync("/body")).Status);
        await proxy.WaitUntilAsync(now => now.OriginHandshakes >= 3, "a handshake of a health check beside those of the requests");
    }

    [Theory]
    [InlineData("TLSv1.2", Transport.Tls12KernelBoth, 1)]
    [InlineData("TLSv1.3", Transport.Tls13KernelBoth, 1)]
    [InlineData("TLSv1.3", Transport.Tls13KernelTransmit, 0)]
    [Trait("Kernel", "tls")]
    public async Task The_kernel_has_the_records_of_origins_where_an_option_says_so(string version, Transport transport, int receives)
    {
        await using var proxy = await shared.StartAsync(_nginx.Address(version), transport, "--origin-ca", _nginx.AuthorityFile);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 3; i++)
            Assert.Equal(NginxTlsOrigin.Body, (await client.GetAsync("/body")).Body);
        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Equal((1, receives), (statistics.OriginKernelTransmit, statistics.OriginKernelReceive));
    }

    private Task<ProxyProcess> StartAsync(string kind, params string[] options) =>
        shared.StartAsync(_nginx.Address(kind), Transport.Plaintext, ["--origin-ca", _nginx.AuthorityFile, .. options]);

    /// <summary>What one connection receives; it gets a line of plain text for it.</summary>
    private static async Task<string> ReceiveAsync(TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync();
        var bytes = new byte[4096];
        var count = await socket.ReceiveAsync(bytes);
        await socket.SendAsync("220 ready\r\n"u8.ToArray());
        return System.Text.Encoding.Latin1.GetString(bytes, 0, count);
    }
}
