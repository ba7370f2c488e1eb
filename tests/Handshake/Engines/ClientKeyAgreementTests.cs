using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Both engines judge clients' certificates alike, whatever keys and signatures they have.</summary>
public sealed class ClientKeyAgreementTests : IDisposable
{
    private readonly TestCertificate _server = new();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData("RSA2048", true, true)]
    [InlineData("P-256", true, true)]
    [InlineData("P-384", true, true)]
    [InlineData("Ed25519", true, true)]
    [InlineData("Ed448", true, true)]
    // No group of the policy, by which TLS 1.2 judges keys too (RFC 8422, section 5.1.1).
    [InlineData("P-521", false, true)]
    [InlineData("secp256k1", false, false)]
    public void A_clients_key_is_taken_by_both_engines_or_by_none(string kind, bool isTaken12, bool isTaken13)
    {
        OddCertificates.SaveSelfSigned(kind, _folder["client.pem"], _folder["client.key"]);
        File.Copy(_folder["client.pem"], _folder["ca.pem"]);
        Assert.Equal((isTaken12, isTaken13), (IsTaken(TlsVersion.Tls12), IsTaken(TlsVersion.Tls13)));
    }

    /// <summary>Chains have one or two; some clients send all that they have.</summary>
    [Fact]
    public void Certificates_behind_a_clients_own_are_taken_by_both_engines()
    {
        OddCertificates.SaveSelfSigned("P-256", _folder["client.pem"], _folder["client.key"]);
        File.Copy(_folder["client.pem"], _folder["ca.pem"]);
        var one = File.ReadAllText(_folder["client.pem"]);
        File.WriteAllText(_folder["client.pem"], string.Join('\n', Enumerable.Repeat(one, 20)));
        Assert.Equal((true, true), (IsTaken(TlsVersion.Tls12), IsTaken(TlsVersion.Tls13)));
    }

    /// <summary>How strong they must be is up to the system's security level; no level takes RSA with 512 bits.</summary>
    [Theory]
    [InlineData("RSA512", "P-256", "SHA256withECDSA")]
    [InlineData("RSA1024", "P-256", "SHA256withECDSA")]
    [InlineData("P-256", "RSA1024", "SHA256withRSA")]
    [InlineData("P-256", "RSA2048", "SHA1withRSA")]
    [InlineData("P-256", "P-256", "SHA1withECDSA")]
    [InlineData("P-256", "P-256", "SHA224withECDSA")]
    [InlineData("P-256", "secp192r1", "SHA256withECDSA")]
    public void A_weak_key_or_signature_is_taken_by_both_engines_or_by_none(string kind, string authority, string signature)
    {
        OddCertificates.SaveIssued(kind, authority, signature, _folder["client.pem"], _folder["client.key"], _folder["ca.pem"]);
        foreach (var version in Enum.GetValues<TlsVersion>())
            Assert.True(!IsTaken(version) || kind != "RSA512");
    }

    private bool IsTaken(TlsVersion version)
    {
        var answers = Array.ConvertAll(Enum.GetValues<TlsEngine>(), engine => Answer(engine, version));
        Assert.Single(answers.Distinct());
        return answers[0].Status == HandshakeStatus.Done;
    }

    private (HandshakeStatus Status, string? Failure) Answer(TlsEngine engine, TlsVersion version)
    {
        var options = TestCertificate.Options(_server.ChainPath, _server.KeyPath) with
        {
            Engine = engine,
            ClientAuthentication = ClientAuthentication.Require,
            ClientAuthorityPath = _folder["ca.pem"],
        };
        using var context = TlsContext.Create(options);
        using var server = new ServerHandshake(context);
        using var client = new OpenSslClient(version, certificate: (_folder["client.pem"], _folder["client.key"]));
        Wire.ShakeHands(server, client);
        return (server.Status, client.Failure);
    }
}
