using TlsProxy.Handshake.Certificates;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.Certificates;

public sealed class ServerCertificateTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _root = TestAuthority.CreateRoot();

    private CertificateFiles Files => new("label", _folder["chain.pem"], _folder["key.pem"]);

    public void Dispose()
    {
        _root.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false, "ECDSA")]
    [InlineData(true, "RSA")]
    public void Names_serial_dates_and_kind_are_those_of_the_first_certificate(bool rsa, string kind)
    {
        using var intermediate = _root.CreateIntermediate("Test intermediate");
        var leaf = intermediate.Issue(["a.example", "*.B.example", "192.0.2.1"], rsa);
        leaf.Save(Files.ChainPath, Files.KeyPath);

        using var certificate = ServerCertificate.Load(Files);

        Assert.Equal(["a.example", "*.b.example"], certificate.Names.Names);
        Assert.Equal(["192.0.2.1"], certificate.Names.Addresses.Select(address => address.ToString()));
        Assert.Equal(leaf.Serial, certificate.Serial);
        Assert.Equal(leaf.Certificate.NotAfter.ToUniversalTime(), certificate.NotAfter);
        Assert.Equal(kind, certificate.KeyAlgorithm);
        Assert.False(certificate.IsAuthority);
    }

    [Fact]
    public void A_chain_out_of_order_is_refused_and_the_place_named()
    {
        using var intermediate = _root.CreateIntermediate("Test intermediate");
        using var stranger = TestAuthority.CreateRoot("Stranger");
        var leaf = intermediate.Issue(["a.example"]);
        (leaf with { ChainPem = leaf.Certificate.ExportCertificatePem() + '\n' + stranger.CertificatePem })
            .Save(Files.ChainPath, Files.KeyPath);
        Assert.Contains("certificate 2 in it didn't issue certificate 1", Refusal(), StringComparison.Ordinal);

        (leaf with { ChainPem = intermediate.CertificatePem + '\n' + leaf.Certificate.ExportCertificatePem() })
            .Save(Files.ChainPath, Files.KeyPath);
        Assert.Contains(Files.KeyPath, Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_of_the_right_name_with_another_key_is_refused()
    {
        using var same = TestAuthority.CreateRoot();
        var leaf = _root.Issue(["a.example"]);
        (leaf with { ChainPem = leaf.Certificate.ExportCertificatePem() + '\n' + same.CertificatePem })
            .Save(Files.ChainPath, Files.KeyPath);
        Assert.Contains("didn't issue", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_that_is_cut_within_a_certificate_is_refused()
    {
        using var intermediate = _root.CreateIntermediate("Test intermediate");
        var leaf = intermediate.Issue(["a.example"]);
        (leaf with { ChainPem = leaf.ChainPem[..^80] }).Save(Files.ChainPath, Files.KeyPath);
        Assert.Contains(Files.ChainPath, Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60, 21)]
    [InlineData(8, 2.25)]
    public void The_end_is_warned_of_three_weeks_or_a_quarter_of_the_life_before(int days, double warnedDays)
    {
        var notBefore = DateTimeOffset.UtcNow.AddDays(days == 60 ? -40 : -1);
        _root.Issue(["a.example"], notBefore: notBefore, notAfter: DateTimeOffset.UtcNow.AddDays(days))
            .Save(Files.ChainPath, Files.KeyPath);
        using var certificate = ServerCertificate.Load(Files);
        Assert.Equal(warnedDays, (certificate.NotAfter - certificate.WarnAfter).TotalDays, 2);
    }

    private string Refusal() => Assert.Throws<TlsConfigurationException>(() => ServerCertificate.Load(Files)).Message;
}
