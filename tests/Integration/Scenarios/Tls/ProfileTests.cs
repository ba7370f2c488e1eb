using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Versions, suites and groups that are served and those that are refused.</summary>
public sealed class ProfileTests(SharedProxies shared, ProfileTests.Served served) : IClassFixture<ProfileTests.Served>
{
    private const string AnyLevel = "@SECLEVEL=0";

    [Theory]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256")]
    [InlineData("ECDHE-ECDSA-AES256-GCM-SHA384")]
    [InlineData("ECDHE-ECDSA-CHACHA20-POLY1305")]
    [InlineData("ECDHE-RSA-AES128-GCM-SHA256")]
    [InlineData("ECDHE-RSA-AES256-GCM-SHA384")]
    [InlineData("ECDHE-RSA-CHACHA20-POLY1305")]
    public async Task Six_suites_of_TLS_1_2_are_served(string suite)
    {
        var session = await OpenSslClient.ConnectAsync(await served.IntermediateAsync(shared), "-tls1_2", "-cipher", suite);
        Assert.True(session.IsAnswered, session.Text);
        Assert.Equal(suite, session.Suite);
        Assert.Contains("Extended master secret: yes", session.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TLS_AES_128_GCM_SHA256")]
    [InlineData("TLS_AES_256_GCM_SHA384")]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256")]
    public async Task Three_suites_of_TLS_1_3_are_served_in_both_profiles(string suite)
    {
        foreach (var proxy in new[] { await served.IntermediateAsync(shared), await served.ModernAsync(shared) })
        {
            var session = await OpenSslClient.ConnectAsync(proxy, "-tls1_3", "-ciphersuites", suite);
            Assert.True(session.IsAnswered, session.Text);
            Assert.Equal(suite, session.Suite);
        }
    }

    [Theory]
    [InlineData("ECDHE-ECDSA-AES128-SHA256")]
    [InlineData("ECDHE-RSA-AES256-SHA384")]
    [InlineData("ECDHE-RSA-AES128-SHA")]
    [InlineData("ECDHE-ECDSA-AES128-CCM")]
    [InlineData("DHE-RSA-AES128-GCM-SHA256")]
    [InlineData("AES128-GCM-SHA256")]
    [InlineData("AES256-SHA")]
    public async Task Suites_without_forward_secrecy_or_an_AEAD_are_refused(string suite)
    {
        var session = await OpenSslClient.ConnectAsync(
            await served.IntermediateAsync(shared), "-tls1_2", "-cipher", suite + ":" + AnyLevel);
        Assert.Equal("40", session.Alert);
    }

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task Older_versions_are_refused(string version)
    {
        var session = await OpenSslClient.ConnectAsync(await served.IntermediateAsync(shared), version, "-cipher", "DEFAULT:" + AnyLevel);
        Assert.Equal("70", session.Alert);
    }

    [Fact]
    public async Task The_modern_profile_is_TLS_1_3_alone()
    {
        var proxy = await served.ModernAsync(shared);
        Assert.Equal("70", (await OpenSslClient.ConnectAsync(proxy, "-tls1_2")).Alert);
        Assert.Equal("TLSv1.3", (await OpenSslClient.ConnectAsync(proxy)).Version);
    }

    [Theory]
    [InlineData("ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305")]
    [InlineData("ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES256-GCM-SHA384")]
    public async Task The_order_of_suites_is_the_client_s(string offered, string chosen) =>
        Assert.Equal(
            chosen,
            (await OpenSslClient.ConnectAsync(await served.IntermediateAsync(shared), "-tls1_2", "-cipher", offered)).Suite);

    [Theory]
    [InlineData("-tls1_2", "X25519", "")]
    [InlineData("-tls1_2", "P-256", "")]
    [InlineData("-tls1_2", "P-384", "")]
    [InlineData("-tls1_2", "P-521", "40")]
    [InlineData("-tls1_3", "X25519", "")]
    [InlineData("-tls1_3", "P-256", "")]
    [InlineData("-tls1_3", "P-384", "")]
    [InlineData("-tls1_3", "P-521", "40")]
    [InlineData("-tls1_3", "X448", "40")]
    [InlineData("-tls1_3", "ffdhe2048", "40")]
    public async Task Three_curves_are_served_and_others_refused(string version, string group, string alert)
    {
        var session = await OpenSslClient.ConnectAsync(await served.IntermediateAsync(shared), version, "-groups", group);
        Assert.Equal(alert, session.Alert);
        Assert.Equal(alert.Length == 0, session.IsAnswered);
    }

    [Fact]
    public async Task Signatures_over_SHA_1_are_refused()
    {
        var session = await OpenSslClient.ConnectAsync(
            await served.IntermediateAsync(shared), "-tls1_2", "-sigalgs", "RSA+SHA1:ECDSA+SHA1", "-cipher", "DEFAULT:" + AnyLevel);
        Assert.Equal("40", session.Alert);
    }

    /// <summary>Proxies with certificates of both kinds.</summary>
    public sealed class Served : IAsyncLifetime
    {
        private readonly TestFolder _folder = new();
        private Task<ProxyProcess>? _intermediate;
        private Task<ProxyProcess>? _modern;

        public ValueTask InitializeAsync()
        {
            using var ecdsa = TestAuthority.CreateRoot();
            using var rsa = TestAuthority.CreateRoot("Test CA (RSA)", rsa: true);
            ecdsa.Issue(["localhost"]).Save(_folder["ecdsa.pem"], _folder["ecdsa.key"]);
            rsa.Issue(["localhost"], rsa: true).Save(_folder["rsa.pem"], _folder["rsa.key"]);
            return ValueTask.CompletedTask;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var proxy in new[] { _intermediate, _modern }.OfType<Task<ProxyProcess>>())
                await (await proxy).DisposeAsync();
            _folder.Dispose();
        }

        internal Task<ProxyProcess> IntermediateAsync(SharedProxies shared) => _intermediate ??= StartAsync(shared);

        internal Task<ProxyProcess> ModernAsync(SharedProxies shared) => _modern ??= StartAsync(shared, "--tls-profile", "modern");

        private Task<ProxyProcess> StartAsync(SharedProxies shared, params string[] options) => shared.StartAsync(
            shared.Scripted.Address,
            Transport.Tls13User,
            [
                "--certificate", _folder["ecdsa.pem"], "--key", _folder["ecdsa.key"],
                "--certificate", _folder["rsa.pem"], "--key", _folder["rsa.key"], .. options,
            ]);
    }
}
