using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>Certificates out of what a client sends.</summary>
internal static unsafe class CertificateDecoding
{
    /// <returns>libcrypto's pointer to the certificate, to be freed; 0 where the bytes are none, or more than one.</returns>
    internal static nint Decode(byte[] der)
    {
        fixed (byte* bytes = der)
        {
            var input = bytes;
            var certificate = LibCryptoChains.d2i_X509(null, &input, der.Length);
            if (certificate == 0 || input == bytes + der.Length)
                return certificate;
            LibCryptoCertificates.X509_free(certificate);
            return 0;
        }
    }
}
