using System.Runtime.InteropServices;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>Whose certificates a client's context takes.</summary>
internal static unsafe class ServerTrust
{
    /// <summary>Trusts the certificates of a PEM file, and no others. They need not be self-signed.</summary>
    /// <returns>False where it holds none; libcrypto's error queue says why.</returns>
    internal static bool TryUse(ContextHandle context, ReadOnlySpan<byte> pem)
    {
        var read = PemCertificates.Read(pem);
        var store = LibSsl.SSL_CTX_get_cert_store(context.Value);
        var isAdded = read.Count > 0
            && read.TrueForAll(authority => LibCryptoCertificates.X509_STORE_add_cert(store, authority) == 1);
        PemCertificates.Free(read);
        var parameters = LibSslClients.SSL_CTX_get0_param(context.Value);
        return isAdded && LibSslClients.X509_VERIFY_PARAM_set_flags(parameters, LibSslClients.X509_V_FLAG_PARTIAL_CHAIN) == 1;
    }

    /// <summary>Trusts the system's authorities (SSL_CTX_set_default_verify_paths(3)): the file is read now, the folder when a certificate
    /// is verified.</summary>
    /// <returns>False where there are none.</returns>
    internal static bool TryUseSystem(ContextHandle context)
    {
        LibCrypto.ERR_clear_error();
        var isSet = LibSslClients.SSL_CTX_set_default_verify_paths(context.Value) == 1;
        LibCrypto.ERR_clear_error();
        var objects = LibSslClients.X509_STORE_get0_objects(LibSsl.SSL_CTX_get_cert_store(context.Value));
        return isSet && (LibSslClients.OPENSSL_sk_num(objects) > 0 || Folders().Any(HasFiles));
    }

    private static string[] Folders()
    {
        var variable = Marshal.PtrToStringUTF8((nint)LibSslClients.X509_get_default_cert_dir_env()) ?? string.Empty;
        var folders = Environment.GetEnvironmentVariable(variable)
            ?? Marshal.PtrToStringUTF8((nint)LibSslClients.X509_get_default_cert_dir());
        return folders?.Split(':', StringSplitOptions.RemoveEmptyEntries) ?? [];
    }

    private static bool HasFiles(string folder) => Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any();
}
