using System.Text;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests;

public sealed class TlsContextTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("a.example", "a.example")]
    [InlineData("A.EXAMPLE", "a.example")]
    [InlineData("www.a.example", "a.example")]
    [InlineData("x.www.a.example", "fallback.example")]
    [InlineData("b.example", "b.example")]
    [InlineData("www.b.example", "fallback.example")]
    [InlineData("unknown.example", "fallback.example")]
    [InlineData("127.0.0.1", "fallback.example")]
    public async Task The_certificate_is_chosen_by_the_name_asked_for(string asked, string presented)
    {
        using var context = CreateByName();
        using var handshake = new ServerHandshake(context);
        using var certificate = await RuntimeClient.ShakeHandsAsync(handshake, new ClientWish { Name = asked });
        Assert.Equal($"CN={presented}", certificate.Subject);
        Assert.True(handshake.Facts.Names!.Cover(Encoding.ASCII.GetBytes(presented)));
        Assert.Equal(asked != "127.0.0.1", handshake.Facts.HasServerName);
    }

    [Fact]
    public void Without_a_default_the_first_label_is_for_everybody()
    {
        _authority.Issue(["b.example"]).SaveAsCertbot(_folder["b.example"]);
        _authority.Issue(["a.example"]).SaveAsCertbot(_folder["a.example"]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = _folder.Location });
        var groups = CertificateGroup.Arrange(context.Certificates);
        var selection = new CertificateSelection(groups);
        Assert.Equal(["a.example"], groups[selection.Select("c.example"u8, out var known)].Labels);
        Assert.False(known);
    }

    [Fact]
    public void Certificates_of_two_kinds_stand_side_by_side_wherever_they_lie()
    {
        _authority.Issue(["a.example"]).SaveAsCertbot(_folder["a.example"]);
        _authority.Issue(["a.example"], rsa: true).SaveAsCertbot(_folder["a.example-rsa"]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = _folder.Location });
        var groups = CertificateGroup.Arrange(context.Certificates);
        var selection = new CertificateSelection(groups);
        Assert.Equal(["a.example", "a.example-rsa"], groups[selection.Select("a.example"u8, out _)].Labels);
    }

    [Fact]
    public void Of_two_of_a_kind_the_one_labelled_with_the_name_is_taken()
    {
        _authority.Issue(["a.example", "b.example"], notAfter: DateTimeOffset.UtcNow.AddDays(90)).SaveAsCertbot(_folder["all"]);
        _authority.Issue(["b.example"], notAfter: DateTimeOffset.UtcNow.AddDays(10)).SaveAsCertbot(_folder["b.example"]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = _folder.Location });
        var groups = CertificateGroup.Arrange(context.Certificates);
        var selection = new CertificateSelection(groups);
        Assert.Equal(["all"], groups[selection.Select("a.example"u8, out _)].Labels);
        Assert.Equal(["b.example"], groups[selection.Select("b.example"u8, out _)].Labels);
    }

    [Fact]
    public void An_authority_in_the_folder_is_not_presented_and_a_certificate_for_no_name_is_refused()
    {
        File.WriteAllText(_folder["ca.pem"], _authority.CertificatePem);
        File.WriteAllText(_folder["ca.key"], _authority.KeyPem);
        _authority.Issue(["a.example"]).Save(_folder["server.pem"], _folder["server.key"]);
        using (var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = _folder.Location }))
            Assert.Equal(["server"], context.Certificates.Select(certificate => certificate.Files.Label));

        _authority.Issue([]).SaveAsCertbot(_folder["nobody"]);
        var empty = new TlsServerOptions { CertificateFolder = _folder.Location };
        var refusal = Assert.Throws<TlsConfigurationException>(() => TestEngines.Create(empty));
        Assert.Contains(_folder["nobody"], refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_named_certificates_of_a_kind_are_refused()
    {
        _authority.Issue(["a.example"]).Save(_folder["a.pem"], _folder["a.key"]);
        _authority.Issue(["b.example"]).Save(_folder["b.pem"], _folder["b.key"]);
        var options = new TlsServerOptions { Certificates = [Named("a"), Named("b")] };
        var refusal = Assert.Throws<TlsConfigurationException>(() => TestEngines.Create(options));
        Assert.Contains("ECDSA", refusal.Message, StringComparison.Ordinal);
    }

    private CertificateFiles Named(string name) => new(CertificateFiles.Default, _folder[name + ".pem"], _folder[name + ".key"]);

    private TlsContext CreateByName()
    {
        _authority.Issue(["fallback.example"]).SaveAsCertbot(_folder["default"]);
        _authority.Issue(["a.example", "*.a.example"]).SaveAsCertbot(_folder["a.example"]);
        _authority.Issue(["b.example"]).Save(_folder["b.example.pem"], _folder["b.example.key"]);
        return TestEngines.Create(new TlsServerOptions { CertificateFolder = _folder.Location });
    }
}
