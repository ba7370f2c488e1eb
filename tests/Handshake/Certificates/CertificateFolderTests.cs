using TlsProxy.Handshake.Certificates;
using TlsProxy.Testing;

namespace TlsProxy.Handshake.Tests.Certificates;

public sealed class CertificateFolderTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pairs_lie_in_the_folder_or_one_below_and_are_labelled_by_name()
    {
        Touch("b.example/fullchain.pem", "b.example/privkey.pem", "b.example/cert.pem", "b.example/README");
        Touch("a.example.pem", "a.example.key", "c.example.crt", "c.example.key");
        Touch("default/ecdsa.pem", "default/ecdsa.key", "default/rsa.pem", "default/rsa.key");
        Touch(".hidden/fullchain.pem", ".hidden/privkey.pem", "alone.pem", "orphan.key", "notes.txt");

        var found = CertificateFolder.List(_folder.Location).Select(pair =>
            $"{pair.Label} {Path.GetRelativePath(_folder.Location, pair.ChainPath)} "
                + Path.GetRelativePath(_folder.Location, pair.KeyPath));

        Assert.Equal(
            [
                "a.example a.example.pem a.example.key",
                "b.example b.example/fullchain.pem b.example/privkey.pem",
                "c.example c.example.crt c.example.key",
                "default default/ecdsa.pem default/ecdsa.key",
                "default default/rsa.pem default/rsa.key",
            ],
            found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("missing")]
    public void A_folder_without_certificates_is_refused_by_name(string below)
    {
        var folder = Path.Combine(_folder.Location, below);
        var refusal = Assert.Throws<TlsConfigurationException>(() => CertificateFolder.List(folder));
        Assert.Contains(folder, refusal.Message, StringComparison.Ordinal);
    }

    private void Touch(params string[] files)
    {
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], string.Empty);
        }
    }
}
