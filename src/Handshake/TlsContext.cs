using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake;

/// <summary>What all handshakes of a server share: its certificate, its key, its policy. Any thread may begin handshakes with it; those begun go on
/// after its disposal.</summary>
public sealed class TlsContext : IDisposable
{
    private TlsContext(ContextHandle handle) => Handle = handle;

    internal ContextHandle Handle { get; }

    /// <summary>Loads certificate and key.</summary>
    /// <exception cref="TlsConfigurationException">A file can't be used; the message names it.</exception>
    public static TlsContext Create(TlsServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckReadable(options.CertificateChainPath, "certificate");
        CheckReadable(options.PrivateKeyPath, "private key");
        var handle = ContextHandle.Create();
        try
        {
            if (!handle.TryUseCertificate(options.CertificateChainPath))
                throw Refused("certificate", options.CertificateChainPath, "name a PEM file with the server's certificate first");
            if (!handle.TryUseKey(options.PrivateKeyPath))
                throw Refused("private key", options.PrivateKeyPath, "name a PEM file with the certificate's private key and no password");
            if (!handle.KeyFits())
                throw Refused("private key", options.PrivateKeyPath, $"name the key of the certificate {options.CertificateChainPath}");
        }
        catch (TlsConfigurationException)
        {
            handle.Dispose();
            throw;
        }

        return new TlsContext(handle);
    }

    public void Dispose() => Handle.Dispose();

    private static void CheckReadable(string path, string what)
    {
        try
        {
            using var file = File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsConfigurationException(
                $"The {what} {path} can't be read ({(File.Exists(path) ? "no permission" : "there is no such file")}): name a readable file.", exception);
        }
    }

    private static TlsConfigurationException Refused(string what, string path, string advice) =>
        new($"The {what} {path} can't be used ({OpenSslErrors.Take()}): {advice}.");
}
