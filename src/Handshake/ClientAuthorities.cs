using System.Security.Cryptography;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Files;

namespace TlsProxy.Handshake;

/// <summary>The authorities that clients' certificates must lead to, as their file has them. All contexts of a set share one read of
/// it.</summary>
internal sealed class ClientAuthorities
{
    // Public bundles of authorities have some 250 KiB.
    private const int FileMaximum = 16 << 20;

    private ClientAuthorities(string path, byte[] pem)
    {
        Path = path;
        Pem = pem;
        Digest = SHA256.HashData(pem);
    }

    public string Path { get; }

    /// <summary>What the file holds.</summary>
    public ReadOnlyMemory<byte> Pem { get; }

    public ReadOnlyMemory<byte> Digest { get; }

    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <returns>Null where clients aren't asked for certificates.</returns>
    /// <exception cref="TlsConfigurationException">The file can't be read.</exception>
    public static ClientAuthorities? Read(TlsServerOptions options, TimeSpan? pipes)
    {
        if (options.ClientAuthentication == ClientAuthentication.Off)
            return null;
        var path = options.ClientAuthorityPath
            ?? throw new TlsConfigurationException("Clients are to present certificates, but no file names the authorities of those.");
        try
        {
            return new ClientAuthorities(path, OperatorFile.ReadAll(path, FileMaximum, pipes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsConfigurationException(
                $"The clients' authorities {path} can't be read ({FileErrors.Reason(exception)}): "
                + $"{FileErrors.Advice(exception, "name a readable file")}.",
                exception);
        }
    }
}
