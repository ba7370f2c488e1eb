using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting;

/// <summary>The files of https origins, as a start reads them.</summary>
public sealed class OriginContextsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    public OriginContextsTests()
    {
        OpenSslLibrary.Use(null);
        File.WriteAllText(_folder["ca.pem"], _authority.CertificatePem);
        _authority.IssueForClient("CN=proxy").Save(_folder["cert.pem"], _folder["key.pem"]);
    }

    private OriginTlsOptions Good => new()
    {
        AuthorityPath = _folder["ca.pem"],
        Certificate = new CertificateFiles("origin", _folder["cert.pem"], _folder["key.pem"]),
    };

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Origins_without_TLS_need_no_file()
    {
        using var contexts = new OriginContexts([new OriginOptions { Host = "a", Port = 80 }]);
        Assert.True(contexts.IsEmpty);
    }

    [Fact]
    public void Files_that_fit_are_read()
    {
        using var contexts = new OriginContexts([Origin(Good), Origin(Good with { Name = "b" })]);
        Assert.False(contexts.IsEmpty);
    }

    [Fact]
    public void A_key_that_others_may_read_ends_the_start()
    {
        File.SetUnixFileMode(_folder["key.pem"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Refused(Good, $"--origin-key: The private key {_folder["key.pem"]} may be read by others: set the file's mode to 0600.");
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_with_its_option() => Refused(
        Good with { AuthorityPath = _folder["none"] }, $"--origin-ca: The servers' authorities {_folder["none"]} can't be read");

    [Fact]
    public void A_key_of_another_certificate_is_told_with_the_setting_of_the_file()
    {
        _authority.IssueForClient("CN=other").Save(_folder["other.pem"], _folder["key.pem"]);
        Refused(Good with { Place = "--config: origins.shop" }, "--config: origins.shop: key: The private key ");
    }

    [Fact]
    public void A_file_without_a_certificate_is_told_as_the_certificate()
    {
        File.WriteAllText(_folder["cert.pem"], "nothing");
        Refused(Good, $"--origin-cert: The certificate {_folder["cert.pem"]} can't be used");
    }

    [Fact]
    public void A_host_that_no_certificate_can_be_for_ends_the_start() => Refused(
        new OriginTlsOptions(), "https://a..b:443: 'a..b' is not a valid name of a server", host: "a..b");

    private static OriginOptions Origin(OriginTlsOptions tls, string host = "a") => new() { Host = host, Port = 443, Tls = tls };

    private static void Refused(OriginTlsOptions tls, string words, string host = "a") => Assert.StartsWith(
        words, Assert.Throws<StartException>(() => new OriginContexts([Origin(tls, host)])).Message, StringComparison.Ordinal);
}
