using System.CommandLine;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What the TLS listeners present, and who makes their records.</summary>
/// <param name="Server">Certificates and policy; null where there is no TLS listener.</param>
/// <param name="WatchPeriod">How often the files are looked at; null for never.</param>
/// <param name="Clients">Whether clients present certificates.</param>
/// <param name="Mode">Which directions the kernel is to take; null has it make the records that are sent where that is cheaper.</param>
/// <param name="ThresholdBytes">The size of response whose cost decides then; 0 for whatever they cost.</param>
/// <param name="RequireKtls">Without kTLS nothing is served.</param>
/// <param name="LibSsl">The file or folder of libssl, or null for the system's.</param>
/// <param name="Engine">What runs the handshakes, or null for the better one of this machine.</param>
internal sealed record TlsOptions(
    TlsServerOptions? Server, TimeSpan? WatchPeriod, ClientAuthenticationOptions Clients, KtlsMode? Mode, long ThresholdBytes,
    bool RequireKtls, string? LibSsl, TlsEngine? Engine)
{
    /// <summary>Whether the cheaper one makes the records.</summary>
    public bool ChoosesByCost => Mode is null && ThresholdBytes > 0 && !RequireKtls;
}

/// <summary>The options behind <see cref="TlsOptions"/>.</summary>
internal sealed class TlsOptionGroup : OptionGroup
{
    // Where the bytes are: most of a response of this size is its records.
    private const long ThresholdDefault = 256 << 10;

    private readonly Option<string> _watch;
    private readonly Option<string> _profile;
    private readonly Option<TimeSpan> _ticketRotation;
    private readonly Option<string?> _ticketKeyFile;
    private readonly Option<string> _ktls;
    private readonly Option<long> _ktlsThreshold;
    private readonly Option<bool> _ktlsRequire;
    private readonly Option<string?> _libSsl;
    private readonly Option<string> _engine;

    public TlsOptionGroup()
        : base(HelpSection.Tls)
    {
        _watch = Add(new Option<string>("--certificate-watch")
        {
            Description = "How often the files of certificates, ticket keys and client authorities are looked at; off or 0 for never.",
            HelpName = "DURATION|off",
            DefaultValueFactory = _ => "5s",
        }, "5s");
        _watch.Validators.Add(result =>
        {
            if (result.Tokens is not [{ Value: var text }] || IsNever(text))
                return;
            if (OptionValues.TimeLimit(text, out var error) is null)
                result.AddError($"--certificate-watch: {error} Or write off.");
        });
        _profile = Choice(
            "--tls-profile",
            "Mozilla's profile 6.0: intermediate (TLS 1.2 and 1.3), or modern (TLS 1.3).",
            "intermediate", "modern");
        _ticketRotation = Duration(
            "--ticket-rotation",
            "How long a ticket key makes tickets; the one before is still accepted.",
            new TlsServerOptions().TicketKeyLifetime);
        _ticketKeyFile = Text(
            "--ticket-key-file",
            "Ticket keys shared with other machines: 80 random bytes each, the first makes tickets; "
            + "mode 0600, read again on SIGHUP. They rotate by hand.");
        _ktls = Choice(
            "--ktls",
            "Records made by the kernel: auto (what we send, where it can and measuring at the start finds it cheaper), "
                + "both (what we receive too), tx, off.",
            "auto", "both", "tx", "off");
        _ktlsThreshold = Bytes(
            "--ktls-threshold",
            "With --ktls auto, the size of response for which the kernel has to be cheaper; 0 takes it wherever it can. "
                + "What is measured ends at 256 KiB, and larger sizes count as that.",
            ThresholdDefault);
        _ktlsRequire = Flag(
            "--ktls-require",
            "End the start when the kernel's TLS can't be used, and close connections that it refuses, "
                + "but for clients that have ended their side or asked for short records. Auto then takes the kernel whatever it costs");
        _libSsl = Text("--libssl", "libssl file or its folder; by default the system's.");
        _engine = Choice(
            "--tls-engine",
            "What runs the handshakes: openssl, or bouncycastle, which has X25519MLKEM768 with OpenSSL older than 3.5 too; "
                + "auto takes openssl where it has that group or FIPS mode is on, else bouncycastle.",
            "auto", "openssl", "bouncycastle");
    }

    /// <param name="isNeeded">Whether there is a TLS listener.</param>
    /// <exception cref="StartException">There is no certificate, or options exclude each other.</exception>
    public TlsOptions Bind(ParseResult parsed, CertificateOptions certificates, ClientAuthenticationOptions clients, bool isNeeded)
    {
        if (certificates.IsEmpty && isNeeded)
        {
            throw new StartException(
                "--certificate is missing: name the PEM file of the server's certificate, "
                + "or a folder with --certificates, or listen on http:// addresses only.");
        }

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
        var server = certificates.IsEmpty ? null : BindServer(parsed, certificates, clients);
        return new TlsOptions(
            server, OptionValues.TimeLimit(parsed.GetRequiredValue(_watch), out _), clients, mode, BindThreshold(parsed), isRequired,
            BindLibSsl(parsed), BindEngine(parsed));
    }

    /// <summary>The size of response whose cost decides.</summary>
    public long BindThreshold(ParseResult parsed) => parsed.GetRequiredValue(_ktlsThreshold);

    /// <summary>The same, or 0 where the kernel is taken whatever it costs.</summary>
    public long BindDecidingThreshold(ParseResult parsed) => parsed.GetValue(_ktlsRequire) ? 0 : BindThreshold(parsed);

    /// <summary>The file or folder of libssl, or null for the system's.</summary>
    public string? BindLibSsl(ParseResult parsed) => parsed.GetValue(_libSsl);

    /// <summary>What runs the handshakes, or null for the better one.</summary>
    public TlsEngine? BindEngine(ParseResult parsed) => parsed.GetRequiredValue(_engine) switch
    {
        "openssl" => TlsEngine.OpenSsl,
        "bouncycastle" => TlsEngine.BouncyCastle,
        _ => null,
    };

    private static bool IsNever(string text) => text == "off" || OptionValues.DurationOrNone(text, out _) == TimeSpan.Zero;

    private TlsServerOptions BindServer(ParseResult parsed, CertificateOptions certificates, ClientAuthenticationOptions clients) => new()
    {
        Certificates = certificates.Named,
        CertificateFolder = certificates.Folder,
        Profile = parsed.GetRequiredValue(_profile) == "modern" ? TlsProfile.Modern : TlsProfile.Intermediate,
        ClientAuthentication = clients.Mode,
        ClientAuthorityPath = clients.AuthorityPath,
        TicketKeyLifetime = parsed.GetRequiredValue(_ticketRotation),
        TicketKeyPath = parsed.GetValue(_ticketKeyFile),
    };
}
