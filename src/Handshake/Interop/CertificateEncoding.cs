using System.Text;

namespace TlsProxy.Handshake.Interop;

/// <summary>Forms of an X509 object of libcrypto.</summary>
internal static unsafe class CertificateEncoding
{
    /// <summary>The certificate in DER.</summary>
    internal static byte[] Encode(nint certificate)
    {
        var length = LibCryptoCertificates.i2d_X509(certificate, null);
        var encoded = new byte[Math.Max(length, 0)];
        fixed (byte* start = encoded)
        {
            var output = start;
            if (length > 0)
                _ = LibCryptoCertificates.i2d_X509(certificate, &output);
        }

        return encoded;
    }

    /// <summary>The subject as text (RFC 4514), in ASCII: other bytes and control characters are escaped.</summary>
    internal static string Subject(nint certificate)
    {
        var text = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        if (text == 0)
            return string.Empty;
        var written = LibCryptoCertificates.X509_NAME_print_ex(
            text, LibCryptoCertificates.X509_get_subject_name(certificate), 0, LibCryptoCertificates.XN_FLAG_RFC2253);
        var bytes = new byte[LibCrypto.BIO_ctrl(text, LibCrypto.BIO_CTRL_PENDING, 0, null)];
        fixed (byte* output = bytes)
            _ = LibCrypto.BIO_read(text, output, bytes.Length);
        _ = LibCrypto.BIO_free(text);
        return written < 0 ? string.Empty : Encoding.ASCII.GetString(bytes);
    }
}
