using System.CommandLine;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What the TLS listeners present, and who makes their records.</summary>
/// <param name="Server">Certificate and key; null where there is no TLS listener.</param>
/// <param name="Mode">Which directions the kernel is to take; null takes what its probe finds.</param>
/// <param name="RequireKtls">Without kTLS nothing is served.</param>
/// <param name="LibSsl">The file or folder of libssl, or null for the system's.</param>
internal sealed record TlsOptions(TlsServerOptions? Server, KtlsMode? Mode, bool RequireKtls, string? LibSsl);

/// <summary>The options behind <see cref="TlsOptions"/>.</summary>
internal sealed class TlsOptionGroup : OptionGroup
{
    private readonly Option<string?> _certificate;
    private readonly Option<string?> _key;
    private readonly Option<string> _ktls;
    private readonly Option<bool> _ktlsRequire;
    private readonly Option<string?> _libSsl;

    public TlsOptionGroup()
    {
        _certificate = Text("--certificate", "PEM file: the server's certificate and those above it.");
        _key = Text("--key", "PEM file: the certificate's private key, without a password.");
        _ktls = Choice(
            "--ktls",
            "Records made by the kernel: auto (what we send, where a probe at the start passes), both (what we receive too), tx, off.",
            "auto", "both", "tx", "off");
        _ktlsRequire = Flag("--ktls-require", "End the start when the kernel's TLS can't be used, and close connections that it refuses");
        _libSsl = Text("--libssl", "libssl file or its folder; by default the system's.");
    }

    /// <param name="isNeeded">Whether there is a TLS listener.</param>
    /// <exception cref="StartException">A file is missing, or options exclude each other.</exception>
    public TlsOptions Bind(ParseResult parsed, bool isNeeded)
    {
        var server = BindServer(parsed.GetValue(_certificate), parsed.GetValue(_key), isNeeded);
        KtlsMode? mode = parsed.GetRequiredValue(_ktls) switch
        {
            "both" => KtlsMode.Both,
            "tx" => KtlsMode.Transmit,
            "off" => KtlsMode.Off,
            _ => null,
        };
        var isRequired = parsed.GetValue(_ktlsRequire);
        if (isRequired && mode == KtlsMode.Off)
            throw new StartException("--ktls-require and --ktls off exclude each other: leave one of them out.");
        return new TlsOptions(server, mode, isRequired, parsed.GetValue(_libSsl));
    }

    private static TlsServerOptions? BindServer(string? certificate, string? key, bool isNeeded)
    {
        if (certificate is null && key is null && !isNeeded)
            return null;
        if (certificate is null)
            throw new StartException("--certificate is missing: name the PEM file of the server's certificate, or listen on http:// addresses only.");
        if (key is null)
            throw new StartException("--key is missing: name the PEM file of the certificate's private key.");
        return new TlsServerOptions { CertificateChainPath = certificate, PrivateKeyPath = key };
    }
}
