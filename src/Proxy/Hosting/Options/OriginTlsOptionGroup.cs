using System.CommandLine;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The options behind <see cref="OriginTlsOptions"/>.</summary>
internal sealed class OriginTlsOptionGroup : OptionGroup
{
    private readonly Option<string?> _authorities;
    private readonly Option<string?> _certificate;
    private readonly Option<string?> _key;
    private readonly Option<string?> _name;

    public OriginTlsOptionGroup()
        : base(HelpSection.Origin)
    {
        _authorities = Text(
            "--origin-ca", "PEM file: the authorities that certificates of https origins must lead to; by default the system's.");
        _certificate = Text("--origin-cert", "PEM file: the certificate for https origins that ask for one, and those above it.");
        _key = Text("--origin-key", "PEM file of mode 0600: the private key of --origin-cert, without a password.");
        _name = Text(
            "--origin-tls-name",
            "Name or address that the certificate of an https origin must be for; a name is sent as SNI. By default the host of the URL.");
    }

    /// <summary>The pair that <c>cert</c> and <c>key</c> name.</summary>
    /// <param name="optionOf">What a setting is called in errors.</param>
    /// <exception cref="StartException">One of them is missing.</exception>
    public static CertificateFiles? Pair(string? certificate, string? key, Func<string, string> optionOf) => (certificate, key) switch
    {
        (null, null) => null,
        (null, _) => throw new StartException($"{optionOf("cert")} is missing for {key}: name the PEM file of its certificate."),
        (_, null) => throw new StartException($"{optionOf("key")} is missing for {certificate}: name the PEM file of its private key."),
        _ => new CertificateFiles("origin", certificate, key),
    };

    /// <summary>A name that certificates can be for.</summary>
    /// <exception cref="StartException">It isn't one.</exception>
    public static string? Name(string? name, string option)
    {
        try
        {
            return name is null ? null : ServerIdentity.Parse(name).Text;
        }
        catch (TlsConfigurationException refused)
        {
            throw new StartException($"{option}: {refused.Message}");
        }
    }

    /// <summary>What the command line says of https origins.</summary>
    /// <exception cref="StartException">The options don't fit together.</exception>
    public OriginTlsOptions Bind(ParseResult parsed) => new()
    {
        AuthorityPath = parsed.GetValue(_authorities),
        Certificate = Pair(parsed.GetValue(_certificate), parsed.GetValue(_key), setting => $"--origin-{setting}"),
        Name = Name(parsed.GetValue(_name), "--origin-tls-name"),
    };
}
