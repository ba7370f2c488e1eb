using System.Security.Authentication;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests;

public sealed class ReloadTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();
    private readonly TestLeaf _first;

    public ReloadTests()
    {
        _first = _authority.Issue(["localhost", "a.example"]);
        Install(_first);
    }

    private string ChainPath => _folder["chain.pem"];

    private string KeyPath => _folder["key.pem"];

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task New_handshakes_get_the_new_certificate_and_those_begun_end_with_the_old(SslProtocols protocol)
    {
        using var context = CreateContext();
        var second = _authority.Issue(["localhost"]);
        using var begun = new ServerHandshake(context);
        using var handshake = new ServerHandshake(context);
        CertificateReload? reload = null;

        using var before = await RuntimeClient.ShakeHandsAsync(begun, new ClientWish
        {
            Protocol = protocol,
            OnAnswered = () =>
            {
                Install(second);
                reload ??= context.Reload();
            },
        });
        using var after = await RuntimeClient.ShakeHandsAsync(handshake, new ClientWish { Protocol = protocol });

        Assert.Equal(_first.Serial, before.SerialNumber);
        Assert.Equal(second.Serial, after.SerialNumber);
        var change = Assert.Single(reload!.Changes);
        Assert.Equal((_first.Serial, second.Serial), (change.Before!.Serial, change.After!.Serial));
        Assert.Equal(["a.example"], change.LostNames);
        Assert.Empty(reload.Refusals);
        Assert.Equal(HandshakeStatus.Done, begun.Status);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("expired")]
    [InlineData("early")]
    [InlineData("names")]
    [InlineData("chain")]
    [InlineData("chain expired")]
    [InlineData("garbage")]
    [InlineData("missing")]
    public async Task A_bad_pair_is_refused_in_one_sentence_and_the_old_goes_on(string what)
    {
        using var context = CreateContext();
        InstallBad(what);

        var reload = context.Reload();

        Assert.Empty(reload.Changes);
        var refusal = Assert.Single(reload.Refusals);
        Assert.Contains(_folder.Location, refusal, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal, StringComparison.Ordinal);
        using var handshake = new ServerHandshake(context);
        using var presented = await RuntimeClient.ShakeHandsAsync(handshake, new ClientWish());
        Assert.Equal(_first.Serial, presented.SerialNumber);

        var good = _authority.Issue(["localhost"]);
        Install(good);
        Assert.Empty(context.Reload().Refusals);
        Assert.Equal(good.Serial, Assert.Single(context.Certificates).Serial);
    }

    [Fact]
    public void What_has_not_changed_is_no_change_even_after_its_end()
    {
        var time = new ManualTime();
        time.Advance(DateTimeOffset.UtcNow - time.GetUtcNow());
        using var context = TestEngines.Create(TestCertificate.Options(ChainPath, KeyPath), time);
        time.Advance(TimeSpan.FromDays(100));
        var reload = context.Reload();
        Assert.Empty(reload.Changes);
        Assert.Empty(reload.Refusals);
    }

    [Fact]
    public void One_bad_pair_in_a_folder_does_not_hold_up_the_others()
    {
        using var folder = new TestFolder();
        foreach (var name in new[] { "a.example", "b.example", "c.example" })
            _authority.Issue([name]).SaveAsCertbot(folder[name]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = folder.Location });
        var serials = context.Certificates.ToDictionary(certificate => certificate.Files.Label, certificate => certificate.Serial);

        File.WriteAllText(folder["a.example/privkey.pem"], _first.KeyPem);
        var renewed = _authority.Issue(["b.example"]);
        renewed.SaveAsCertbot(folder["b.example"]);
        Directory.Delete(folder["c.example"], recursive: true);
        _authority.Issue(["d.example"]).SaveAsCertbot(folder["d.example"]);
        var reload = context.Reload();

        Assert.Contains("a.example", Assert.Single(reload.Refusals), StringComparison.Ordinal);
        Assert.Equal(["a.example", "b.example", "d.example"], context.Certificates.Select(certificate => certificate.Files.Label));
        Assert.Equal([serials["a.example"], renewed.Serial], context.Certificates.Take(2).Select(certificate => certificate.Serial));
        Assert.Equal(3, reload.Changes.Count);
    }

    [Theory]
    [InlineData("fullchain.pem", "privkey.pem")]
    [InlineData("privkey.pem", "fullchain.pem")]
    public void A_pair_of_which_one_file_has_gone_goes_on_until_the_other_has(string first, string second)
    {
        using var folder = new TestFolder();
        foreach (var name in new[] { "a.example", "default" })
            _authority.Issue([name]).SaveAsCertbot(folder[name]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = folder.Location });

        File.Delete(folder["a.example/" + first]);
        var half = context.Reload();
        Assert.Contains(folder["a.example/" + first], Assert.Single(half.Refusals), StringComparison.Ordinal);
        Assert.Empty(half.Changes);
        Assert.Equal(["default", "a.example"], context.Certificates.Select(certificate => certificate.Files.Label));

        File.Delete(folder["a.example/" + second]);
        var gone = context.Reload();
        Assert.Empty(gone.Refusals);
        Assert.Equal("a.example", Assert.Single(gone.Changes).Before!.Files.Label);
        Assert.Single(context.Certificates);
    }

    [Fact]
    public void A_certificate_in_a_file_of_another_ending_takes_the_place_of_the_one_before()
    {
        using var folder = new TestFolder();
        var leaf = _authority.Issue(["a.example"]);
        leaf.Save(folder["a.example.crt"], folder["a.example.key"]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = folder.Location });

        File.Move(folder["a.example.crt"], folder["a.example.pem"]);

        Assert.Empty(context.Reload().Refusals);
        Assert.Equal(folder["a.example.pem"], Assert.Single(context.Certificates).Files.ChainPath);
    }

    [Fact]
    public void A_folder_that_is_gone_changes_nothing()
    {
        using var folder = new TestFolder();
        _authority.Issue(["a.example"]).SaveAsCertbot(folder["one/a.example"]);
        using var context = TestEngines.Create(new TlsServerOptions { CertificateFolder = folder["one"] });
        Directory.Delete(folder["one"], recursive: true);
        Assert.Contains(folder["one"], Assert.Single(context.Reload().Refusals), StringComparison.Ordinal);
        Assert.Single(context.Certificates);
        Assert.Contains(folder["one"], context.FindFiles());
    }

    private TlsContext CreateContext() => TestEngines.Create(TestCertificate.Options(ChainPath, KeyPath));

    private void Install(TestLeaf leaf) => leaf.Save(ChainPath, KeyPath);

    private void InstallBad(string what)
    {
        var now = DateTimeOffset.UtcNow;
        var other = _authority.Issue(["localhost"]);
        using var ended = _authority.CreateIntermediate("Ended", now.AddHours(-1));
        Install(what switch
        {
            "key" => other with { KeyPem = _first.KeyPem },
            "expired" => _authority.Issue(["localhost"], notBefore: now.AddDays(-9), notAfter: now.AddMinutes(-1)),
            "early" => _authority.Issue(["localhost"], notBefore: now.AddHours(1)),
            "names" => _authority.Issue(["elsewhere.example"]),
            "chain" => other with { ChainPem = other.ChainPem + _first.ChainPem },
            "chain expired" => ended.Issue(["localhost"]),
            "garbage" => other with { ChainPem = "-----BEGIN CERTIFICATE-----\nnothing\n" },
            _ => other,
        });
        if (what == "missing")
            File.Delete(KeyPath);
    }
}
