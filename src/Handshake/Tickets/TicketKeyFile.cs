using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Files;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Tickets;

/// <summary>
/// A file of ticket keys that several servers share. It is binary and holds one to sixteen keys of 80 bytes: 16 of a name, 32 of a key for
/// HMAC-SHA256, 32 of a key for AES-256. The first makes tickets; all are accepted. nginx reads and writes files of one such key alike
/// (ssl_session_ticket_key). Only its owner may read it.
/// </summary>
public static class TicketKeyFile
{
    private const int KeysMaximum = 16;
    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <exception cref="TlsConfigurationException">The file can't be used; the message says why and what to do.</exception>
    internal static TicketKeys Read(string path, TimeSpan? pipes = null)
    {
        const int Maximum = KeysMaximum * TicketKeys.KeyLength;
        try
        {
            using var file = OperatorFile.Open(path, pipes);
            if (file.Mode.AllowsMoreThanOwner())
                throw new TlsConfigurationException($"The ticket keys {path} may be read by others: set the file's mode to 0600.");
            using var bytes = new KeyMemory(Maximum + 1);
            var length = file.Read(bytes.Span, Maximum);
            if (length == 0 || length % TicketKeys.KeyLength != 0)
            {
                throw new TlsConfigurationException(
                    $"The ticket keys {path} aren't one to {KeysMaximum} keys of {TicketKeys.KeyLength} bytes: "
                    + $"make one with 'openssl rand {TicketKeys.KeyLength}'.");
            }

            var keys = TicketKeys.Of(bytes.Span[..length]);
            return HasRepeatedName(keys)
                ? throw new TlsConfigurationException($"The ticket keys {path} hold two of one name: each key is to be random.")
                : keys;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsConfigurationException(
                $"The ticket keys {path} can't be read ({FileErrors.Reason(exception)}): "
                + $"{FileErrors.Advice(exception, $"make them with 'openssl rand {TicketKeys.KeyLength}' and mode 0600")}.",
                exception);
        }
    }

    private static bool HasRepeatedName(TicketKeys keys)
    {
        for (var i = 1; i < keys.Count; i++)
        {
            if (keys.Find(keys.Name(i)) != i)
                return true;
        }

        return false;
    }
}
