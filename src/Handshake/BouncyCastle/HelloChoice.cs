using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>What a server chooses by a hello, before the engine asks for any of it: the version, what is presented, the suite, the group
/// and the signature. All of it is known to fit before anything is sent.</summary>
internal sealed class HelloChoice
{
    private const ushort Version12 = 0x0303;
    private const ushort Version13 = 0x0304;

    // Those that the client understands in certificates; null where it doesn't tell.
    private readonly ushort[]? _issuerSchemes;

    private HelloChoice(Tls.ClientHello hello, in HelloExtensions extensions, ServerSetup setup)
    {
        Hello = hello;
        ServerName = extensions.ServerName.ToArray();
        _issuerSchemes = extensions.CertificateSignatures is { } listed
            ? [.. listed.Where(IssuerSignature.Knows).Distinct()]
            : null;
        Presented = setup.Select(ServerName, out var isKnown);
        IsNameKnown = isKnown;
        Version = ChooseVersion(hello, extensions, setup.Oldest);
    }

    public Tls.ClientHello Hello { get; }

    public byte[] ServerName { get; }

    /// <summary>Whether certificates were chosen by the name.</summary>
    public bool IsNameKnown { get; }

    public PresentedGroup Presented { get; }

    public TlsVersion Version { get; }

    public CipherSuite Suite { get; private set; }

    public NamedGroup Group { get; private set; }

    /// <summary>Whether early data of TLS 1.3 may follow, which is never taken.</summary>
    public bool OffersEarlyData => Version == TlsVersion.Tls13
        && new HelloExtensions(Hello.Extensions).Find(Tls.ExtensionType.early_data) is not null;

    /// <summary>The certificate and how it signs; null where none fits, which a resumption doesn't need.</summary>
    public (PresentedCertificate Certificate, SignatureScheme Scheme)? Signer { get; private set; }

    /// <summary>What ends the handshake unless a session is resumed: nothing fits for a full one. Null where something does.</summary>
    public Tls.TlsFatalAlert? Refusal { get; private set; }

    /// <exception cref="Tls.TlsFatalAlert">Nothing fits, not even for a resumption.</exception>
    public static HelloChoice Make(Tls.ClientHello hello, ServerSetup setup)
    {
        var extensions = new HelloExtensions(hello.Extensions);
        var choice = new HelloChoice(hello, extensions, setup);
        extensions.CheckLists(choice.Version == TlsVersion.Tls13);
        if (choice.Version == TlsVersion.Tls13)
            choice.Choose13(extensions);
        else
            choice.Choose12(extensions);
        return choice;
    }

    private static TlsVersion ChooseVersion(Tls.ClientHello hello, HelloExtensions extensions, TlsVersion oldest)
    {
        if (extensions.Versions is { } versions)
        {
            if (versions.Contains(Version13))
                return TlsVersion.Tls13;
            if (versions.Contains(Version12) && oldest == TlsVersion.Tls12)
                return TlsVersion.Tls12;
        }
        else if (oldest == TlsVersion.Tls12 && hello.Version.FullVersion >= Version12)
        {
            return TlsVersion.Tls12;
        }

        throw new Tls.TlsFatalAlert(Tls.AlertDescription.protocol_version);
    }

    private void Choose13(HelloExtensions extensions)
    {
        Suite = Array.Find(
            Array.ConvertAll(Hello.CipherSuites, suite => (CipherSuite)suite),
            suite => CipherSuites.IsKnown(suite) && suite.Version() == TlsVersion.Tls13);
        if (Suite == default)
            throw Nothing("suite");
        if (extensions.Groups is not { } groups || extensions.Shares is not { } shares)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.missing_extension);
        if (shares.Except(groups).Any() || shares.Distinct().Count() != shares.Length)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.illegal_parameter, "a share is for no group offered");
        // A group whose share has come spares a round trip.
        Group = shares.Concat(groups).Select(group => (NamedGroup)group).FirstOrDefault(TlsPolicy.Groups.Contains);
        if (Group == default)
            throw Nothing("group");
        if (!Known(extensions.Signatures ?? []).Any(scheme => TrySign(scheme, _ => true)))
            Refusal = Nothing("signature algorithm");
    }

    private void Choose12(HelloExtensions extensions)
    {
        // A client without the extension leaves the choice to the server (RFC 8422, section 4), and libssl chooses none.
        var groups = extensions.Groups ?? [];
        Group = groups.Select(group => (NamedGroup)group)
            .FirstOrDefault(group => group is NamedGroup.Curve25519 or NamedGroup.Secp256r1 or NamedGroup.Secp384r1);
        // Without the extension only SHA-1 is known to be understood (RFC 5246, section 7.4.1.4.1), which the policy leaves out.
        if (Group == default || extensions.Signatures is not { } listed)
        {
            Refusal = Nothing("group or signature algorithm");
            return;
        }

        var signatures = Known(listed);
        foreach (var suite in Hello.CipherSuites.Select(suite => (CipherSuite)suite))
        {
            if (!CipherSuites.IsKnown(suite) || suite.Version() != TlsVersion.Tls12)
                continue;
            var isEcdsa = suite is CipherSuite.EcdheEcdsaAes128Gcm or CipherSuite.EcdheEcdsaAes256Gcm or CipherSuite.EcdheEcdsaChaCha20;
            if (!signatures.Exists(scheme => TrySign(scheme, certificate => Fits12(certificate, isEcdsa, groups))))
                continue;
            Suite = suite;
            return;
        }

        Refusal = Nothing("suite");
    }

    private static bool Fits12(PresentedCertificate certificate, bool isEcdsa, ushort[] groups) =>
        certificate.IsEcdsa == isEcdsa
        && (certificate.Curve is not { } curve || groups.Contains(curve));

    /// <summary>The schemes of the policy in a client's order, each once: for every suite they are tried again.</summary>
    private static List<SignatureScheme> Known(ushort[] listed) =>
        [.. listed.Select(one => (SignatureScheme)one).Where(TlsPolicy.Signatures.Contains).Distinct()];

    private bool TrySign(SignatureScheme scheme, Func<PresentedCertificate, bool> fits)
    {
        var certificate = Presented.Certificates
            .FirstOrDefault(one => one.Signs(scheme, Version) && one.IsIssuedBy(_issuerSchemes) && fits(one));
        if (certificate is null)
            return false;
        Signer = (certificate, scheme);
        return true;
    }

    private static Tls.TlsFatalAlert Nothing(string what) =>
        new(Tls.AlertDescription.handshake_failure, $"no {what} in common");
}
