using System.CommandLine;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Whether clients present certificates, and what the origin hears of them.</summary>
/// <param name="AuthorityPath">The file of the authorities they must lead to; null where clients aren't asked.</param>
/// <param name="SubjectField">The field with the subject.</param>
/// <param name="ForwardsCertificate">Whether Client-Cert (RFC 9440) goes along.</param>
internal sealed record ClientAuthenticationOptions(
    ClientAuthentication Mode, string? AuthorityPath, string SubjectField, bool ForwardsCertificate);

/// <summary>The options behind <see cref="ClientAuthenticationOptions"/>.</summary>
internal sealed class ClientAuthenticationOptionGroup : OptionGroup
{
    private readonly Option<string?> _authorities;
    private readonly Option<string> _mode;
    private readonly Option<string> _subject;
    private readonly Option<bool> _certificate;

    public ClientAuthenticationOptionGroup()
        : base(HelpSection.Tls)
    {
        _mode = Choice(
            "--client-auth",
            "Whether clients are asked for certificates: off, request (one may be missing, but not be bad), require.",
            "off", "request", "require");
        _authorities = Text("--client-ca", "PEM file: the authorities that clients' certificates must lead to.");
        _subject = Add(new Option<string>("--client-subject-header")
        {
            Description = "Field that tells the origin the subject of the client's certificate; a client's own is always removed.",
            DefaultValueFactory = _ => "X-Client-Subject",
        }, "X-Client-Subject");
        _subject.Validators.Add(result =>
        {
            if (result.Tokens.Count != 1)
                return;
            var name = result.Tokens[0].Value;
            var bytes = System.Text.Encoding.UTF8.GetBytes(name);
            if (!Tokens.IsToken(bytes) || KnownFields.Of(bytes) != KnownField.None)
            {
                result.AddError(
                    $"--client-subject-header: '{name}' can't be used; "
                    + "write the name of a field that has no meaning in HTTP yet, such as X-Client-Subject.");
            }
        });
        _certificate = Flag("--client-cert-header", "The origin gets the client's certificate in the field Client-Cert (RFC 9440)");
    }

    /// <exception cref="StartException">The options don't fit together.</exception>
    public ClientAuthenticationOptions Bind(ParseResult parsed)
    {
        var authorities = parsed.GetValue(_authorities);
        var mode = parsed.GetRequiredValue(_mode) switch
        {
            "request" => ClientAuthentication.Request,
            "require" => ClientAuthentication.Require,
            _ => ClientAuthentication.Off,
        };
        if (mode != ClientAuthentication.Off && authorities is null)
        {
            throw new StartException(
                "--client-ca is missing: name the PEM file of the authorities that clients' certificates must lead to.");
        }

        if (mode == ClientAuthentication.Off && authorities is not null)
            throw new StartException("--client-ca needs --client-auth: write --client-auth require, or request.");
        return new ClientAuthenticationOptions(mode, authorities, parsed.GetRequiredValue(_subject), parsed.GetValue(_certificate));
    }
}
