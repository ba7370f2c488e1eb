using TlsProxy.Handshake.Files;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Certificates;

/// <summary>Reads a certificate with those above it and its private key, and checks what must be true whatever the time: the key fits and
/// each certificate was issued by the next.</summary>
internal static class CertificatePair
{
    private const int ChainFileMaximum = 1 << 20;

    /// <param name="whose">In messages: <c>server's</c> or <c>client's</c>.</param>
    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <exception cref="TlsConfigurationException">A file can't be used; the message names it.</exception>
    public static CertificateHandle Load(CertificateFiles files, string whose, TimeSpan? pipes)
    {
        var handle = ReadChain(files.ChainPath, whose, pipes);
        try
        {
            ReadKey(handle, files.KeyPath, pipes);
            if (!handle.KeyFits())
                throw Refused("private key", files.KeyPath, "key values mismatch", $"name the key of the certificate {files.ChainPath}");
            CheckChain(files, whose, handle);
            return handle;
        }
        catch (TlsConfigurationException)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Says that a file can't be used, why, and what to do.</summary>
    public static TlsConfigurationException Refused(string what, string path, string reason, string advice) =>
        new($"The {what} {path} can't be used ({reason}): {advice}.");

    private static void CheckChain(CertificateFiles files, string whose, CertificateHandle handle)
    {
        for (var i = 0; i < handle.ChainLength; i++)
        {
            if (!handle.IsIssuedByNext(i))
            {
                throw Refused(
                    "certificate", files.ChainPath, $"certificate {i + 2} in it didn't issue certificate {i + 1}",
                    $"put the {whose} certificate first and after each the one that issued it");
            }
        }
    }

    private static CertificateHandle ReadChain(string path, string whose, TimeSpan? pipes)
    {
        try
        {
            return CertificateHandle.TryTakeChain(OperatorFile.ReadAll(path, ChainFileMaximum, pipes), out var reason)
                ?? throw Refused("certificate", path, reason, $"name a PEM file with the {whose} certificate first");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("certificate", path, exception);
        }
    }

    private static void ReadKey(CertificateHandle handle, string path, TimeSpan? pipes)
    {
        try
        {
            if (handle.ReadKey(path, pipes) is { } reason)
                throw Refused("private key", path, reason, "name a PEM file with the certificate's private key and no password");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable("private key", path, exception);
        }
    }

    private static TlsConfigurationException Unreadable(string what, string path, Exception exception) => new(
        $"The {what} {path} can't be read ({FileErrors.Reason(exception)}): {FileErrors.Advice(exception, "name a readable file")}.",
        exception);
}
