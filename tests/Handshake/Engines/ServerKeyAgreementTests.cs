using TlsProxy.Handshake.Keys;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Both engines present the same certificates, and refuse the same at the start.</summary>
public sealed class ServerKeyAgreementTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private TlsServerOptions Options => TestCertificate.Options(_folder["chain.pem"], _folder["key.pem"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("RSA2048")]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    [InlineData("Ed25519")]
    [InlineData("Ed448")]
    public void A_servers_key_of_a_known_kind_signs_for_both_engines(string kind)
    {
        OddCertificates.SaveSelfSigned(kind, _folder["chain.pem"], _folder["key.pem"]);
        foreach (var version in Enum.GetValues<TlsVersion>())
            Assert.All(Enum.GetValues<TlsEngine>(), engine => Assert.Equal(HandshakeStatus.Done, Answer(engine, version)));
    }

    [Theory]
    [InlineData("RSA512")]
    [InlineData("RSA1024")]
    public void A_weak_key_is_refused_at_the_start_by_both_engines_or_by_none(string kind)
    {
        OddCertificates.SaveSelfSigned(kind, _folder["chain.pem"], _folder["key.pem"]);
        var refusals = Array.ConvertAll(Enum.GetValues<TlsEngine>(), Refusal);
        Assert.Single(refusals.Distinct());
        Assert.True(kind != "RSA512" || refusals[0] is not null);
    }

    [Fact]
    public void A_key_that_no_signature_algorithm_fits_is_refused_at_the_start()
    {
        OddCertificates.SaveSelfSigned("secp256k1", _folder["chain.pem"], _folder["key.pem"]);
        var refusal = Refusal(TlsEngine.BouncyCastle);
        Assert.Contains(_folder["chain.pem"], refusal, StringComparison.Ordinal);
        Assert.Contains("ECDSA over P-256, P-384 or P-521", refusal, StringComparison.Ordinal);
    }

    private string? Refusal(TlsEngine engine)
    {
        try
        {
            TlsContext.Create(Options with { Engine = engine }).Dispose();
            return null;
        }
        catch (TlsConfigurationException exception)
        {
            return exception.Message;
        }
    }

    private HandshakeStatus Answer(TlsEngine engine, TlsVersion version)
    {
        using var context = TlsContext.Create(Options with { Engine = engine });
        using var server = new ServerHandshake(context);
        // In TLS 1.2 the groups are the curves of keys too.
        using var client = new OpenSslClient(version, groups: "X25519:P-256:P-384:P-521");
        Wire.ShakeHands(server, client);
        return server.Status;
    }
}
