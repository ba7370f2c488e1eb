using System.CommandLine;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The certificates that servers present.</summary>
/// <param name="Named">Those named one by one.</param>
/// <param name="Folder">The folder of those that are chosen by name, or null.</param>
internal sealed record CertificateOptions(IReadOnlyList<CertificateFiles> Named, string? Folder)
{
    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Named.Count == 0 && Folder is null;
}

/// <summary>The options behind <see cref="CertificateOptions"/>.</summary>
internal sealed class CertificateOptionGroup : OptionGroup
{
    private readonly Option<string[]> _certificate;
    private readonly Option<string[]> _key;
    private readonly Option<string?> _folder;

    public CertificateOptionGroup()
        : base(HelpSection.Tls)
    {
        _certificate = Texts(
            "--certificate",
            "PEM file: the server's certificate and those above it; repeatable, one of each kind of key (ECDSA, RSA).");
        _key = Texts("--key", "PEM file: the certificate's private key, without a password; repeatable, in the order of --certificate.");
        _folder = Text(
            "--certificates",
            "Folder of certificates chosen by the name a client asks for: "
            + "NAME/fullchain.pem with NAME/privkey.pem, or NAME.pem with NAME.key; "
            + "NAME 'default', or else --certificate, is for all other clients.");
    }

    /// <exception cref="StartException">Certificates and keys don't pair.</exception>
    public CertificateOptions Bind(ParseResult parsed)
    {
        var certificates = parsed.GetRequiredValue(_certificate);
        var keys = parsed.GetRequiredValue(_key);
        if (certificates.Length > keys.Length)
        {
            throw new StartException(
                $"--key is missing for --certificate {certificates[keys.Length]}: name the PEM file of its private key.");
        }

        if (keys.Length > certificates.Length)
        {
            throw new StartException(
                $"--certificate is missing for --key {keys[certificates.Length]}: name the PEM file of the certificate.");
        }

        return new CertificateOptions(
            [.. certificates.Zip(keys, (certificate, key) => new CertificateFiles(CertificateFiles.Default, certificate, key))],
            parsed.GetValue(_folder));
    }
}
