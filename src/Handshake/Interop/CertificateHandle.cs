using System.Runtime.InteropServices;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake.Interop;

/// <summary>A certificate with those above it and its private key, as libcrypto holds them. Contexts that use them keep them alive.</summary>
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

    /// <summary>Reads the files; the one that can't be used, and why, is told by the result when the handle is null.</summary>
    internal static CertificateHandle? TryLoad(string chainPath, string keyPath, out string refused, out string reason)
    {
        OpenSslLoader.EnsureLoaded();
        HeapDumps.LeaveThreadOut();
        LibCrypto.ERR_clear_error();
        var certificate = new CertificateHandle();
        refused = chainPath;
        if (certificate.TryReadChain(chainPath))
        {
            refused = keyPath;
            reason = certificate.ReadKey(keyPath) ?? string.Empty;
            if (reason.Length == 0)
                return certificate;
        }
        else
        {
            reason = OpenSslErrors.Take();
        }

        certificate.Dispose();
        return null;
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

    /// <summary>Gives the three to a context.</summary>
    internal bool TryAddTo(nint context)
    {
        var stack = LibCryptoCertificates.OPENSSL_sk_new_null();
        if (stack == 0)
            return false;
        var added = _chain.TrueForAll(above => LibCryptoCertificates.OPENSSL_sk_push(stack, above) > 0)
            && LibSsl.SSL_CTX_use_cert_and_key(context, handle, _key, stack, replace: 0) == 1;
        LibCryptoCertificates.OPENSSL_sk_free(stack);
        return added;
    }

    protected override bool ReleaseHandle()
    {
        LibCryptoCertificates.X509_free(handle);
        LibCryptoCertificates.EVP_PKEY_free(_key);
        foreach (var above in _chain)
            LibCryptoCertificates.X509_free(above);
        return true;
    }

    private bool TryReadChain(string path)
    {
        var file = LibCryptoCertificates.BIO_new_file(path, "r");
        if (file == 0)
            return false;
        SetHandle(LibCryptoCertificates.PEM_read_bio_X509(file, null, &RefusePassword, null));
        for (var read = handle; read != 0;)
        {
            read = LibCryptoCertificates.PEM_read_bio_X509(file, null, &RefusePassword, null);
            if (read != 0)
                _chain.Add(read);
        }

        _ = LibCrypto.BIO_free(file);
        // The end of the file is told as an error: there is no further begin line.
        var whole = !IsInvalid && OpenSslErrors.IsOnlyEndOfPem;
        if (whole)
            LibCrypto.ERR_clear_error();
        return whole;
    }

    /// <summary>Reads the key through memory of its own, since a file's buffer in the C library isn't zeroed.</summary>
    /// <returns>Null, or why there is none.</returns>
    private string? ReadKey(string path)
    {
        try
        {
            using var text = new KeyMemory(KeyFileMaximum);
            using var file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, BufferSize = 0 });
            var length = file.ReadAtLeast(text.Span, KeyFileMaximum, throwOnEndOfStream: false);
            if (length == KeyFileMaximum)
                return "it is longer than 1 MiB";
            fixed (byte* bytes = text.Span)
            {
                var memory = LibCryptoCertificates.BIO_new_mem_buf(bytes, length);
                _key = LibCryptoCertificates.PEM_read_bio_PrivateKey(memory, null, &RefusePassword, null);
                _ = LibCrypto.BIO_free(memory);
            }

            return _key == 0 ? OpenSslErrors.Take() : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InsufficientMemoryException)
        {
            return FileErrors.Reason(exception);
        }
    }

    /// <summary>A key behind a password can't be read by a server that nobody sits before; libcrypto would ask on the terminal.</summary>
    [UnmanagedCallersOnly]
    private static int RefusePassword(byte* buffer, int size, int writing, void* argument) => 0;
}
