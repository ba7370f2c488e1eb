using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

public sealed class StapleTests(SharedProxies shared) : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_response_beside_the_certificate_is_presented_to_who_asks_until_it_is_stale()
    {
        var leaf = _authority.Issue(["localhost"]);
        leaf.Save(_folder["server.pem"], _folder["server.key"]);
        await MakeResponseAsync(leaf, fresh: true);
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Tls13User, "--certificate", _folder["server.pem"], "--key", _folder["server.key"],
            "--certificate-watch", "off");

        foreach (var version in new[] { "-tls1_2", "-tls1_3" })
        {
            var asked = await OpenSslClient.ConnectAsync(proxy, version, "-status");
            Assert.Contains("OCSP Response Status: successful", asked.Text, StringComparison.Ordinal);
            Assert.Contains("Cert Status: good", asked.Text, StringComparison.Ordinal);
            Assert.True(asked.IsAnswered);
            Assert.DoesNotContain("OCSP", (await OpenSslClient.ConnectAsync(proxy, version)).Text, StringComparison.Ordinal);
        }

        await MakeResponseAsync(leaf, fresh: false);
        Assert.Equal(200, (await proxy.PostAsync("certificates/reload")).Status);
        Assert.Contains(
            "OCSP response: no response sent", (await OpenSslClient.ConnectAsync(proxy, "-status")).Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(_folder["server.ocsp"], "nothing");
        Assert.Equal(200, (await proxy.PostAsync("certificates/reload")).Status);
        await proxy.WaitForLogAsync($"The OCSP response {_folder["server.ocsp"]} can't be used");
        Assert.True((await OpenSslClient.ConnectAsync(proxy, "-status")).IsAnswered);
    }

    /// <summary>Has openssl sign a response that calls the certificate good, from an hour ago or long ago.</summary>
    private async Task MakeResponseAsync(TestLeaf leaf, bool fresh)
    {
        await File.WriteAllTextAsync(_folder["ca.pem"], _authority.CertificatePem);
        await File.WriteAllTextAsync(_folder["ca.key"], _authority.KeyPem);
        var end = leaf.Certificate.NotAfter.ToUniversalTime().ToString("yyMMddHHmmss", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(_folder["index.txt"], $"V\t{end}Z\t\t{leaf.Serial}\tunknown\t/CN=localhost\n");
        string[] request =
            ["ocsp", "-issuer", _folder["ca.pem"], "-cert", _folder["server.pem"], "-reqout", _folder["request"], "-no_nonce"];
        string[] answer =
        [
            "ocsp", "-index", _folder["index.txt"], "-rsigner", _folder["ca.pem"], "-rkey", _folder["ca.key"], "-CA", _folder["ca.pem"],
            "-reqin", _folder["request"], "-respout", _folder["server.ocsp"], "-noverify",
            .. fresh ? (string[])["-ndays", "3"] : ["-nmin", "1"],
        ];
        foreach (var arguments in new[] { request, answer })
        {
            var result = await Command.RunAsync("openssl", arguments);
            Assert.True(result.ExitStatus == 0, result.Error);
        }

        if (!fresh)
            Age(_folder["server.ocsp"]);
    }

    /// <summary>Turns the years of a response's times back; its signature is for the client to find wrong, and it is never sent.</summary>
    private static void Age(string path)
    {
        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(path));
        var year = DateTime.UtcNow.Year.ToString(CultureInfo.InvariantCulture);
        File.WriteAllBytes(path, System.Text.Encoding.Latin1.GetBytes(text.Replace(year, "2020", StringComparison.Ordinal)));
    }
}
