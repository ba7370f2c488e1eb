using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>One ephemeral key of a group over an elliptic curve, as libcrypto holds it (RFC 9846, section 7.4.2).</summary>
internal sealed unsafe class KeyAgreement : SafeHandle
{
    private const int SecretMaximum = 48;

    private KeyAgreement(nint key, NamedGroup group)
        : base(0, ownsHandle: true)
    {
        SetHandle(key);
        Group = group;
        Share = ReadShare();
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The public key as it is sent.</summary>
    internal byte[] Share { get; }

    private NamedGroup Group { get; }

    /// <exception cref="CryptographicException">libcrypto doesn't provide the group.</exception>
    internal static KeyAgreement Generate(int group)
    {
        HeapDumps.LeaveThreadOut();
        var curve = (NamedGroup)group switch
        {
            NamedGroup.Curve25519 => null,
            NamedGroup.Secp256r1 => "P-256",
            NamedGroup.Secp384r1 => "P-384",
            _ => throw new ArgumentOutOfRangeException(nameof(group), group, "The policy has no such curve."),
        };
        nint key = 0;
        var context = LibCryptoKeys.EVP_PKEY_CTX_new_from_name(0, curve is null ? "X25519" : "EC", null);
        var isMade = context != 0
            && LibCryptoKeys.EVP_PKEY_keygen_init(context) == 1
            && (curve is null || LibCryptoKeys.EVP_PKEY_CTX_set_group_name(context, curve) == 1)
            && LibCryptoKeys.EVP_PKEY_generate(context, &key) == 1;
        LibCryptoKeys.EVP_PKEY_CTX_free(context);
        return isMade
            ? new KeyAgreement(key, (NamedGroup)group)
            : throw new CryptographicException($"libcrypto could not make a key ({OpenSslErrors.Take()}).");
    }

    /// <summary>The secret shared with the owner of another share; null where that is none of the group, or of small order.</summary>
    internal byte[]? TryAgree(ReadOnlySpan<byte> share)
    {
        var peer = ReadPeer(share);
        var context = peer == 0 ? 0 : LibCryptoKeys.EVP_PKEY_CTX_new_from_pkey(0, handle, null);
        Span<byte> secret = stackalloc byte[SecretMaximum];
        var length = (nuint)SecretMaximum;
        bool agreed;
        fixed (byte* output = secret)
        {
            agreed = context != 0
                && LibCryptoKeys.EVP_PKEY_derive_init(context) == 1
                && LibCryptoKeys.EVP_PKEY_derive_set_peer(context, peer) == 1
                && LibCryptoKeys.EVP_PKEY_derive(context, output, &length) == 1;
        }

        LibCryptoKeys.EVP_PKEY_CTX_free(context);
        LibCryptoCertificates.EVP_PKEY_free(peer);
        LibCrypto.ERR_clear_error();
        var copy = agreed ? secret[..(int)length].ToArray() : null;
        CryptographicOperations.ZeroMemory(secret);
        return copy;
    }

    protected override bool ReleaseHandle()
    {
        LibCryptoCertificates.EVP_PKEY_free(handle);
        return true;
    }

    private byte[] ReadShare()
    {
        byte* encoded = null;
        var length = LibCryptoKeys.EVP_PKEY_get1_encoded_public_key(handle, &encoded);
        var share = new ReadOnlySpan<byte>(encoded, (int)length).ToArray();
        LibCrypto.CRYPTO_free(encoded, null, 0);
        return share;
    }

    private nint ReadPeer(ReadOnlySpan<byte> share)
    {
        fixed (byte* bytes = share)
        {
            if (Group == NamedGroup.Curve25519)
                return LibCryptoKeys.EVP_PKEY_new_raw_public_key(LibCryptoKeys.EVP_PKEY_X25519, 0, bytes, (nuint)share.Length);
            // Compressed points aren't offered (RFC 9846, section 4.3.8.2).
            if (share.IsEmpty || share[0] != 4)
                return 0;
            var peer = LibCryptoKeys.EVP_PKEY_new();
            if (LibCryptoKeys.EVP_PKEY_copy_parameters(peer, handle) == 1
                && LibCryptoKeys.EVP_PKEY_set1_encoded_public_key(peer, bytes, (nuint)share.Length) == 1)
                return peer;
            LibCryptoCertificates.EVP_PKEY_free(peer);
            return 0;
        }
    }
}
