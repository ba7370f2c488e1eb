namespace TlsProxy.Handshake.OpenSsl;

/// <summary>Why a server's certificate was refused, in the words of a log (x509_vfy.h, X509_STORE_CTX_get_error(3)).</summary>
internal static class CertificateFaults
{
    /// <param name="error">libcrypto's number.</param>
    /// <returns>Null for those that libcrypto's own words tell well enough.</returns>
    public static string? Describe(int error) => error switch
    {
        2 or 20 or 21 => "the server's certificate leads to no known authority",
        9 => "the server's certificate, or one above it, is not valid yet",
        10 => "the server's certificate, or one above it, has expired",
        18 => "the server's certificate is self-signed and not among the authorities",
        19 => "the server's certificate leads to a self-signed authority that is not known",
        23 => "the server's certificate is revoked",
        26 => "the server's certificate is not for servers",
        62 => "the server's certificate is for other names",
        64 => "the server's certificate is for other addresses",
        66 or 67 or 68 => "the server's certificate, or one above it, is too weak",
        _ => null,
    };
}
