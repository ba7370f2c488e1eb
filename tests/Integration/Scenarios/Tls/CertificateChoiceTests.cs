using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Which certificate a client gets, and which hosts it may ask for over it.</summary>
public sealed class CertificateChoiceTests(SharedProxies shared, CertificateChoiceTests.Served served)
    : IClassFixture<CertificateChoiceTests.Served>
{
    [Theory]
    [InlineData("a.example", "a.example")]
    [InlineData("A.Example", "a.example")]
    [InlineData("www.a.example", "a.example")]
    [InlineData("b.example", "b.example")]
    [InlineData("unknown.example", "localhost")]
    [InlineData(null, "localhost")]
    public async Task Clients_get_the_certificate_of_the_name_they_ask_for(string? name, string subject)
    {
        var proxy = await served.StartAsync(shared);
        string[] asked = name is null ? ["-noservername"] : ["-servername", name];
        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
            Assert.Equal(subject, (await OpenSslClient.ConnectAsync(proxy, [version, .. asked])).Subject);
    }

    [Theory]
    [InlineData("-tls1_2", "-groups", "P-256", "ECDSA")]
    [InlineData("-tls1_2", "-groups", "X25519:P-256", "ECDSA")]
    [InlineData("-tls1_2", "-groups", "X25519", "RSA-PSS")]
    [InlineData("-tls1_2", "-groups", "P-384", "RSA-PSS")]
    [InlineData("-tls1_2", "-sigalgs", "RSA+SHA256", "RSA")]
    [InlineData("-tls1_2", "-sigalgs", "ECDSA+SHA256", "ECDSA")]
    [InlineData("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "RSA-PSS")]
    [InlineData("-tls1_3", "-groups", "X25519", "ECDSA")]
    [InlineData("-tls1_3", "-groups", "P-384", "ECDSA")]
    [InlineData("-tls1_3", "-sigalgs", "RSA-PSS+SHA256", "RSA-PSS")]
    [InlineData("-tls1_3", "-sigalgs", "ECDSA+SHA256", "ECDSA")]
    [InlineData("-tls1_3", "-sigalgs", "ECDSA+SHA384:RSA-PSS+SHA256", "RSA-PSS")]
    public async Task Of_two_kinds_of_key_the_client_gets_one_it_can_use(string version, string option, string value, string signature)
    {
        var proxy = await served.StartAsync(shared);
        var session = await OpenSslClient.ConnectAsync(proxy, version, option, value, "-servername", "localhost");
        Assert.True(session.IsAnswered, session.Text);
        Assert.Equal(signature, session.Signature);
    }

    [Theory]
    [InlineData("a.example", "a.example", 200)]
    [InlineData("a.example", "A.EXAMPLE:8443", 200)]
    [InlineData("a.example", "www.a.example", 200)]
    [InlineData("a.example", "a.example.", 200)]
    [InlineData("a.example", "b.example", 421)]
    [InlineData("a.example", "127.0.0.1", 421)]
    [InlineData("unknown.example", "unknown.example", 421)]
    [InlineData("unknown.example", "localhost", 200)]
    [InlineData(null, "localhost", 200)]
    [InlineData(null, "127.0.0.1:443", 200)]
    [InlineData(null, "10.1.2.3", 200)]
    [InlineData(null, "[2001:db8::1]:443", 200)]
    [InlineData(null, "a.example", 421)]
    public async Task A_host_that_the_certificate_is_not_for_has_gone_astray(string? name, string host, int status)
    {
        var proxy = await served.StartAsync(shared);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("ok\n"u8.ToArray()));
        string[] asked = name is null ? ["-noservername"] : ["-servername", name];
        var session = await OpenSslClient.ConnectAsync(proxy, $"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", asked);
        Assert.Contains($"HTTP/1.1 {status} ", session.Text, StringComparison.Ordinal);
        Assert.Equal(status == 200 ? 1 : 0, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task Without_certificates_by_name_every_host_is_served()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync("ok\n"u8.ToArray()));
        var request = $"GET {path} HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n";
        Assert.True((await OpenSslClient.ConnectAsync(proxy, request, ["-servername", "a.example"])).IsAnswered);
    }

    /// <summary>A proxy with certificates by name, for all tests of the class.</summary>
    public sealed class Served : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();
        private readonly TestAuthority _ecdsa = TestAuthority.CreateRoot();
        private readonly TestAuthority _rsa = TestAuthority.CreateRoot("Test CA (RSA)", rsa: true);
        private Task<ProxyProcess>? _proxy;

        public ValueTask InitializeAsync()
        {
            _ecdsa.Issue(["localhost"]).Save(Below("default", "ecdsa.pem"), Below("default", "ecdsa.key"));
            _rsa.Issue(["localhost"], rsa: true).Save(Below("default", "rsa.pem"), Below("default", "rsa.key"));
            _ecdsa.Issue(["a.example", "*.a.example"]).SaveAsCertbot(_folder["a.example"]);
            _ecdsa.Issue(["b.example"]).Save(_folder["b.example.pem"], _folder["b.example.key"]);
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            if (_proxy is not null)
                await (await _proxy).DisposeAsync();
            _ecdsa.Dispose();
            _rsa.Dispose();
            _folder.Dispose();
        }

        internal Task<ProxyProcess> StartAsync(SharedProxies shared) =>
            _proxy ??= shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--certificates", _folder.Location);

        private string Below(string folder, string file)
        {
            Directory.CreateDirectory(_folder[folder]);
            return Path.Combine(_folder[folder], file);
        }
    }
}
