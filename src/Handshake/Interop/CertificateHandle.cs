using System.Runtime.InteropServices;
using TlsProxy.Handshake.Files;

namespace TlsProxy.Handshake.Interop;

/// <summary>A certificate with those above it and its private key, as libcrypto holds them. Contexts that use them keep them
/// alive.</summary>
internal sealed unsafe class CertificateHandle : SafeHandle
{
    // Far more than a key with its chain behind it takes.
    private const int KeyFileMaximum = 1 << 20;

    private readonly List<nint> _chain = [];
    private nint _key;

    internal CertificateHandle()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    internal nint Certificate => handle;

    internal nint Key => _key;

    /// <summary>Certificates that came after the first.</summary>
    internal int ChainLength => _chain.Count;

    /// <summary>Takes the certificates of a PEM file, the server's first.</summary>
    /// <returns>Null where there are none, and <paramref name="reason"/>.</returns>
    internal static CertificateHandle? TryTakeChain(ReadOnlySpan<byte> pem, out string reason)
    {
        OpenSslLoader.EnsureLoaded();
        HeapDumps.LeaveThreadOut();
        var read = PemCertificates.Read(pem);
        reason = read.Count == 0 ? OpenSslErrors.Take() : string.Empty;
        if (read.Count == 0)
            return null;
        var certificate = new CertificateHandle();
        certificate.SetHandle(read[0]);
        certificate._chain.AddRange(read[1..]);
        return certificate;
    }

    /// <summary>Gives the certificate, those above it and the key to a context of libssl, which keeps them alive.</summary>
    /// <param name="replaces">Whether it takes the place of one with a key of its kind, which is an error otherwise.</param>
    /// <returns>False where libssl refuses it, as too weak for example.</returns>
    internal bool TryGiveTo(nint context, bool replaces)
    {
        var stack = LibCryptoCertificates.OPENSSL_sk_new_null();
        var isGiven = stack != 0
            && _chain.TrueForAll(above => LibCryptoCertificates.OPENSSL_sk_push(stack, above) > 0)
            && LibSslContexts.SSL_CTX_use_cert_and_key(context, handle, _key, stack, replaces ? 1 : 0) == 1;
        LibCryptoCertificates.OPENSSL_sk_free(stack);
        GC.KeepAlive(this);
        return isGiven;
    }

    /// <summary>Reads the private key through memory of its own, since a file's buffer in the C library isn't zeroed.</summary>
    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <returns>Null, or why there is none.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is closed to this user.</exception>
    internal string? ReadKey(string path, TimeSpan? pipes)
    {
        try
        {
            using var text = new KeyMemory(KeyFileMaximum + 1);
            using var file = OperatorFile.Open(path, pipes);
            var length = file.Read(text.Span, KeyFileMaximum);
            LibCrypto.ERR_clear_error();
            fixed (byte* bytes = text.Span)
            {
                var memory = LibCryptoCertificates.BIO_new_mem_buf(bytes, length);
                _key = LibCryptoCertificates.PEM_read_bio_PrivateKey(memory, null, &PemPasswords.Refuse, null);
                _ = LibCrypto.BIO_free(memory);
            }

            return _key == 0 ? OpenSslErrors.Take() : null;
        }
        catch (InsufficientMemoryException exception)
        {
            return exception.Message;
        }
    }

    internal bool KeyFits()
    {
        var fits = LibCryptoCertificates.X509_check_private_key(handle, _key) == 1;
        LibCrypto.ERR_clear_error();
        return fits;
    }

    /// <summary>Whether the certificate at a place of the chain, 0 for the server's, was issued and signed by the one after it.</summary>
    internal bool IsIssuedByNext(int index)
    {
        var subject = index == 0 ? handle : _chain[index - 1];
        var issuer = _chain[index];
        var issued = LibCryptoCertificates.X509_check_issued(issuer, subject) == LibCryptoCertificates.X509_V_OK
            && LibCryptoCertificates.X509_verify(subject, LibCryptoCertificates.X509_get0_pubkey(issuer)) == 1;
        LibCrypto.ERR_clear_error();
        return issued;
    }

    /// <summary>The DER form of the certificate at a place of the chain.</summary>
    internal byte[] Encode(int index) => CertificateEncoding.Encode(index == 0 ? handle : _chain[index - 1]);

    protected override bool ReleaseHandle()
    {
        LibCryptoCertificates.X509_free(handle);
        LibCryptoCertificates.EVP_PKEY_free(_key);
        foreach (var above in _chain)
            LibCryptoCertificates.X509_free(above);
        return true;
    }
}
