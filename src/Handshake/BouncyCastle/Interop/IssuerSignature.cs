using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>How the issuer of a certificate has signed it, by libcrypto's numbers of the hash and of the kind of key.</summary>
internal readonly record struct IssuerSignature(int Hash, int Key)
{
    private const int Sha1 = 64;
    private const int Sha256 = 672;
    private const int Sha384 = 673;
    private const int Sha512 = 674;

    private static readonly IssuerSignature s_unknown = new(-1, -1);

    /// <summary>That of a server's certificate.</summary>
    internal static unsafe IssuerSignature Of(CertificateHandle certificate)
    {
        int hash, key;
        var found = LibCryptoChains.X509_get_signature_info(certificate.Certificate, &hash, &key, null, null);
        LibCrypto.ERR_clear_error();
        GC.KeepAlive(certificate);
        return found == 1 ? new IssuerSignature(hash, key) : default;
    }

    /// <summary>Whether certificates are signed by a scheme of TLS that is known.</summary>
    internal static bool Knows(ushort scheme) => Of(scheme) != s_unknown;

    /// <summary>Whether it is of a scheme of TLS (RFC 9846, section 4.3.3). The two kinds of RSASSA-PSS count as one: which of them it is,
    /// the key of the issuer would tell.</summary>
    internal bool IsOf(ushort scheme) => this == Of(scheme);

    private static IssuerSignature Of(ushort scheme) => scheme switch
    {
        0x0201 => new IssuerSignature(Sha1, (int)KeyAlgorithm.Rsa),
        0x0203 => new IssuerSignature(Sha1, (int)KeyAlgorithm.Ec),
        0x0401 => new IssuerSignature(Sha256, (int)KeyAlgorithm.Rsa),
        0x0501 => new IssuerSignature(Sha384, (int)KeyAlgorithm.Rsa),
        0x0601 => new IssuerSignature(Sha512, (int)KeyAlgorithm.Rsa),
        0x0403 => new IssuerSignature(Sha256, (int)KeyAlgorithm.Ec),
        0x0503 => new IssuerSignature(Sha384, (int)KeyAlgorithm.Ec),
        0x0603 => new IssuerSignature(Sha512, (int)KeyAlgorithm.Ec),
        0x0804 or 0x0809 => new IssuerSignature(Sha256, (int)KeyAlgorithm.RsaPss),
        0x0805 or 0x080A => new IssuerSignature(Sha384, (int)KeyAlgorithm.RsaPss),
        0x0806 or 0x080B => new IssuerSignature(Sha512, (int)KeyAlgorithm.RsaPss),
        0x0807 => new IssuerSignature(0, (int)KeyAlgorithm.Ed25519),
        0x0808 => new IssuerSignature(0, (int)KeyAlgorithm.Ed448),
        _ => s_unknown,
    };
}
