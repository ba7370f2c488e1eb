using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>Authorities that clients' certificates must lead to, as libcrypto's X509_STORE. Any thread may ask it.</summary>
internal sealed unsafe class TrustStore : SafeHandle
{
    /// <summary>The verdict on a chain that leads to an authority; others are libcrypto's numbers (X509_STORE_CTX_get_error(3)).</summary>
    internal const int Trusted = LibCryptoCertificates.X509_V_OK;

    /// <summary>The verdict on what holds no certificates.</summary>
    internal const int Unreadable = -1;

    // X509_V_ERR_UNSPECIFIED.
    private const int Unspecified = 1;

    private readonly List<byte[]> _subjects = [];

    // Of libssl, by which keys and signatures are too weak.
    private readonly int _level;

    private TrustStore(nint store, int level)
        : base(0, ownsHandle: true)
    {
        SetHandle(store);
        _level = level;
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The names of the authorities in DER.</summary>
    internal IReadOnlyList<byte[]> Subjects => _subjects;

    /// <param name="level">libssl's security level.</param>
    /// <returns>Null where the text holds no certificates, and <paramref name="reason"/>.</returns>
    internal static TrustStore? TryCreate(ReadOnlySpan<byte> pem, int level, out string reason)
    {
        OpenSslLoader.EnsureLoaded();
        var read = PemCertificates.Read(pem);
        var store = new TrustStore(LibCryptoChains.X509_STORE_new(), level);
        var isAdded = read.Count > 0 && !store.IsInvalid;
        foreach (var authority in read)
        {
            isAdded &= LibCryptoCertificates.X509_STORE_add_cert(store.handle, authority) == 1;
            store._subjects.Add(SubjectOf(authority));
        }

        PemCertificates.Free(read);
        reason = isAdded ? string.Empty : OpenSslErrors.Take();
        if (isAdded)
            return store;
        store.Dispose();
        return null;
    }

    /// <summary>Judges a chain in DER, the client's first, for the purpose of a client.</summary>
    internal int Verify(byte[][] chain, out string subject, out string reason)
    {
        subject = reason = string.Empty;
        var certificates = Array.ConvertAll(chain, CertificateDecoding.Decode);
        var above = LibCryptoCertificates.OPENSSL_sk_new_null();
        foreach (var certificate in certificates.AsSpan(1))
            _ = LibCryptoCertificates.OPENSSL_sk_push(above, certificate);
        var verdict = Array.TrueForAll(certificates, certificate => certificate != 0) ? Verify(certificates[0], above) : Unreadable;
        if (verdict == Trusted)
            subject = CertificateEncoding.Subject(certificates[0]);
        else
            reason = Marshal.PtrToStringUTF8((nint)LibCryptoChains.X509_verify_cert_error_string(verdict)) ?? string.Empty;
        LibCryptoCertificates.OPENSSL_sk_free(above);
        foreach (var certificate in certificates)
            LibCryptoCertificates.X509_free(certificate);
        LibCrypto.ERR_clear_error();
        return verdict;
    }

    /// <summary>Whether a certificate in DER is still valid at a time.</summary>
    internal static bool IsValidAt(ReadOnlySpan<byte> der, DateTimeOffset time)
    {
        var certificate = CertificateDecoding.Decode(der.ToArray());
        var now = time.ToUnixTimeSeconds();
        // Less than 0 for a time that has passed, and 0 for one that can't be read (X509_cmp_time(3)).
        var isValid = certificate != 0
            && LibCryptoCertificates.X509_cmp_time(LibCryptoCertificates.X509_get0_notAfter(certificate), &now) > 0;
        LibCryptoCertificates.X509_free(certificate);
        LibCrypto.ERR_clear_error();
        return isValid;
    }

    protected override bool ReleaseHandle()
    {
        LibCryptoChains.X509_STORE_free(handle);
        return true;
    }

    private static byte[] SubjectOf(nint certificate)
    {
        var name = LibCryptoCertificates.X509_get_subject_name(certificate);
        var encoded = new byte[Math.Max(LibCryptoChains.i2d_X509_NAME(name, null), 0)];
        fixed (byte* bytes = encoded)
        {
            var output = bytes;
            _ = LibCryptoChains.i2d_X509_NAME(name, &output);
        }

        return encoded;
    }

    private int Verify(nint certificate, nint above)
    {
        var context = LibCryptoChains.X509_STORE_CTX_new();
        var verdict = Unspecified;
        if (context != 0 && LibCryptoChains.X509_STORE_CTX_init(context, handle, certificate, above) == 1
            && LibCryptoChains.X509_STORE_CTX_set_default(context, "ssl_client") == 1)
        {
            LibCryptoChains.X509_VERIFY_PARAM_set_auth_level(LibCryptoChains.X509_STORE_CTX_get0_param(context), _level);
            verdict = LibCryptoChains.X509_verify_cert(context) == 1
                ? Trusted
                : Math.Max(LibCryptoChains.X509_STORE_CTX_get_error(context), Unspecified);
        }

        LibCryptoChains.X509_STORE_CTX_free(context);
        return verdict;
    }
}
