using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Files;

namespace TlsProxy.Handshake;

/// <summary>The authorities that servers' certificates must lead to, as their file has them.</summary>
/// <param name="Path">PEM file.</param>
/// <param name="Pem">What it holds.</param>
internal sealed record ServerAuthorities(string Path, ReadOnlyMemory<byte> Pem)
{
    // Public bundles of authorities have some 250 KiB.
    private const int FileMaximum = 16 << 20;

    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <exception cref="TlsConfigurationException">The file can't be read.</exception>
    public static ServerAuthorities Read(string path, TimeSpan? pipes)
    {
        try
        {
            return new ServerAuthorities(path, OperatorFile.ReadAll(path, FileMaximum, pipes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TlsConfigurationException(
                $"The servers' authorities {path} can't be read ({FileErrors.Reason(exception)}): "
                + $"{FileErrors.Advice(exception, "name a readable file")}.",
                exception);
        }
    }
}
