using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using static TlsProxy.Handshake.Policy.SignatureScheme;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Which signatures a key makes (RFC 9846, section 4.3.3; RFC 5246, section 7.4.1.4.1).</summary>
internal sealed class KeySchemes
{
    private static readonly SignatureScheme[] s_rsa =
        [RsaPssRsaeSha256, RsaPssRsaeSha384, RsaPssRsaeSha512, RsaPkcs1Sha256, RsaPkcs1Sha384, RsaPkcs1Sha512];

    private static readonly SignatureScheme[] s_pss = [RsaPssPssSha256, RsaPssPssSha384, RsaPssPssSha512];
    private static readonly SignatureScheme[] s_ecdsa = [EcdsaSha256, EcdsaSha384, EcdsaSha512];

    private readonly SignatureScheme[] _schemes;
    private readonly SignatureScheme? _only13;

    private KeySchemes(SignatureScheme[] schemes, bool isEcdsa = true, ushort? curve = null, SignatureScheme? only13 = null)
    {
        _schemes = schemes;
        _only13 = only13;
        IsEcdsa = isEcdsa;
        Curve = curve;
    }

    /// <summary>The IANA number of the curve of a key for ECDSA; null for other keys.</summary>
    public ushort? Curve { get; }

    /// <summary>Whether suites with ECDSA are for it; else those with RSA (RFC 8422, section 2.2).</summary>
    public bool IsEcdsa { get; }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _schemes.Length == 0;

    /// <returns>Null where no signature algorithm of the policy fits the key.</returns>
    public static KeySchemes? TryOf(in KeyKind kind) => kind switch
    {
        { Algorithm: KeyAlgorithm.Rsa } => new KeySchemes(s_rsa, isEcdsa: false),
        { Algorithm: KeyAlgorithm.RsaPss } => new KeySchemes(s_pss, isEcdsa: false),
        // TLS 1.3 ties the hash to the curve.
        { Algorithm: KeyAlgorithm.Ec, Curve: "prime256v1" } => new KeySchemes(s_ecdsa, curve: 0x17, only13: EcdsaSha256),
        { Algorithm: KeyAlgorithm.Ec, Curve: "secp384r1" } => new KeySchemes(s_ecdsa, curve: 0x18, only13: EcdsaSha384),
        { Algorithm: KeyAlgorithm.Ec, Curve: "secp521r1" } => new KeySchemes(s_ecdsa, curve: 0x19, only13: EcdsaSha512),
        { Algorithm: KeyAlgorithm.Ed25519 } => new KeySchemes([Ed25519]),
        { Algorithm: KeyAlgorithm.Ed448 } => new KeySchemes([Ed448]),
        _ => null,
    };

    /// <summary>Those that one key of its kind can make.</summary>
    public KeySchemes Only(Predicate<SignatureScheme> canMake) => new(Array.FindAll(_schemes, canMake), IsEcdsa, Curve, _only13);

    /// <summary>Whether the key makes such signatures in a version.</summary>
    public bool Signs(SignatureScheme scheme, TlsVersion version)
    {
        if (!_schemes.AsSpan().Contains(scheme))
            return false;
        if (version != TlsVersion.Tls13)
            return true;
        return scheme is not (RsaPkcs1Sha256 or RsaPkcs1Sha384 or RsaPkcs1Sha512) && (_only13 is not { } only || only == scheme);
    }
}
