using TlsProxy.Handshake.BouncyCastle.Interop;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The alert for a client's certificate that failed, by libcrypto's reason (x509_vfy.h): the one that libssl sends.</summary>
internal static class CertificateAlert
{
    public static short Of(int reason) => reason switch
    {
        TrustStore.Unreadable => Tls.AlertDescription.decode_error,
        // Its issuer, or the issuer of that, isn't among the authorities; or one of them issues none.
        2 or 3 or 18 or 19 or 20 or 21 or 22 or 25 or 33 or 79 => Tls.AlertDescription.unknown_ca,
        10 or 12 => Tls.AlertDescription.certificate_expired,
        // Not valid yet, unreadable inside, refused, too weak, or for another name.
        9 or 11 or 13 or 14 or 15 or 16 or 27 or 28 or 4 or 5 or 6 => Tls.AlertDescription.bad_certificate,
        62 or 63 or 64 or 65 or 66 or 67 or 68 or 94 => Tls.AlertDescription.bad_certificate,
        23 => Tls.AlertDescription.certificate_revoked,
        7 or 8 => Tls.AlertDescription.decrypt_error,
        26 => Tls.AlertDescription.unsupported_certificate,
        1 or 17 or 69 or 70 => Tls.AlertDescription.internal_error,
        50 => Tls.AlertDescription.handshake_failure,
        _ => Tls.AlertDescription.certificate_unknown,
    };
}
