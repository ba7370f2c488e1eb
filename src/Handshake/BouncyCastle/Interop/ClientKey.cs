using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>The public key of a client's certificate.</summary>
internal sealed unsafe class ClientKey : SafeHandle
{
    private readonly nint _key;

    private ClientKey(nint certificate, nint key)
        : base(0, ownsHandle: true)
    {
        SetHandle(certificate);
        _key = key;
        Kind = KeyKind.Of(key);
    }

    public override bool IsInvalid => handle == 0;

    internal KeyKind Kind { get; }

    /// <param name="der">Of the certificate.</param>
    /// <returns>Null where libcrypto doesn't know the key.</returns>
    internal static ClientKey? TryRead(byte[] der)
    {
        var certificate = CertificateDecoding.Decode(der);
        var key = certificate == 0 ? 0 : LibCryptoCertificates.X509_get0_pubkey(certificate);
        if (key != 0)
            return new ClientKey(certificate, key);
        LibCryptoCertificates.X509_free(certificate);
        LibCrypto.ERR_clear_error();
        return null;
    }

    /// <summary>Whether the key's owner has signed the data.</summary>
    internal bool Verifies(SignatureScheme scheme, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> data)
    {
        var context = LibCryptoKeys.EVP_MD_CTX_new();
        nint keyContext;
        bool verified;
        fixed (byte* signed = data, signatureBytes = signature)
        {
            verified = LibCryptoKeys.EVP_DigestVerifyInit_ex(
                context, &keyContext, SignatureTerms.Digest(scheme), 0, null, _key, null) == 1
                && SignatureTerms.TrySetPadding(keyContext, scheme)
                && LibCryptoKeys.EVP_DigestVerify(context, signatureBytes, (nuint)signature.Length, signed, (nuint)data.Length) == 1;
        }

        LibCryptoKeys.EVP_MD_CTX_free(context);
        LibCrypto.ERR_clear_error();
        GC.KeepAlive(this);
        return verified;
    }

    protected override bool ReleaseHandle()
    {
        LibCryptoCertificates.X509_free(handle);
        return true;
    }
}
