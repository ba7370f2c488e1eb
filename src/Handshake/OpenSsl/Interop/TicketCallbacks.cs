using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>How libssl seals and opens session tickets (SSL_CTX_set_tlsext_ticket_key_evp_cb(3)). What is thrown here is thrown on by
/// whoever called libssl: C can't be thrown through.</summary>
internal static unsafe class TicketCallbacks
{
    private const int Failed = -1;
    private const int Unknown = 0;
    private const int Usable = 1;
    private const int UsableOnce = 2;
    private const int IvLength = 16;

    /// <summary>Sets the keys of a ticket that is to be sealed, or of one that is to be opened and names its key.</summary>
    [UnmanagedCallersOnly]
    internal static int OnTicketKey(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int sealing)
    {
        try
        {
            return TicketKey(ssl, name, iv, cipher, mac, sealing);
        }
        catch (Exception exception)
        {
            return CallbackFault.Keep(exception, Failed);
        }
    }

    private static int TicketKey(nint ssl, byte* name, byte* iv, nint cipher, nint mac, int sealing)
    {
        var keys = ContextCallbacks.ContextsOf(HandshakeState.Of(ssl))?.TicketKeys.TryAcquire();
        if (keys is null)
            return sealing == 1 ? Failed : Unknown;
        try
        {
            return sealing == 1 ? Seal(keys, name, iv, cipher, mac) : Open(ssl, keys, name, iv, cipher, mac);
        }
        finally
        {
            keys.Release();
        }
    }

    /// <summary>Judges a session whose ticket has been opened: one of a client whose certificate has expired since isn't resumed.</summary>
    [UnmanagedCallersOnly]
    internal static int OnSession(nint ssl, nint session, byte* keyName, nuint keyNameLength, int status, void* argument)
    {
        try
        {
            return Session(ssl, session, status);
        }
        catch (Exception exception)
        {
            return CallbackFault.Keep(exception, LibSsl.SSL_TICKET_RETURN_IGNORE_RENEW);
        }
    }

    private static int Session(nint ssl, nint session, int status)
    {
        if (status is not (LibSsl.SSL_TICKET_SUCCESS or LibSsl.SSL_TICKET_SUCCESS_RENEW))
            return LibSsl.SSL_TICKET_RETURN_IGNORE_RENEW;
        var peer = LibSsl.SSL_SESSION_get0_peer(session);
        if (peer != 0 && !IsValid(peer, ContextCallbacks.ContextsOf(HandshakeState.Of(ssl))))
            return LibSsl.SSL_TICKET_RETURN_IGNORE_RENEW;
        return status == LibSsl.SSL_TICKET_SUCCESS ? LibSsl.SSL_TICKET_RETURN_USE : LibSsl.SSL_TICKET_RETURN_USE_RENEW;
    }

    private static bool IsValid(nint certificate, TlsContextSet? contexts)
    {
        if (contexts is null)
            return false;
        var now = contexts.Now.ToUnixTimeSeconds();
        // Less than 0 for a time that has passed, and 0 for one that can't be read (X509_cmp_time(3)).
        return LibCryptoCertificates.X509_cmp_time(LibCryptoCertificates.X509_get0_notAfter(certificate), &now) > 0;
    }

    private static int Seal(TicketKeys keys, byte* name, byte* iv, nint cipher, nint mac)
    {
        keys.Name(0).CopyTo(new Span<byte>(name, TicketKeys.NameLength));
        RandomNumberGenerator.Fill(new Span<byte>(iv, IvLength));
        return TrySetKeys(keys, 0, iv, cipher, mac, sealing: 1) ? Usable : Failed;
    }

    private static int Open(nint ssl, TicketKeys keys, byte* name, byte* iv, nint cipher, nint mac)
    {
        var index = keys.Find(new ReadOnlySpan<byte>(name, TicketKeys.NameLength));
        if (index < 0)
            return Unknown;
        if (!TrySetKeys(keys, index, iv, cipher, mac, sealing: 0))
            return Failed;
        // A ticket of TLS 1.3 should be used once (RFC 9846, appendix C.4), so each resumption brings the next; so does a key that is being
        // replaced.
        return index > 0 || LibSsl.SSL_version(ssl) == (int)Keys.TlsVersion.Tls13 ? UsableOnce : Usable;
    }

    private static bool TrySetKeys(TicketKeys keys, int index, byte* iv, nint cipher, nint mac, int sealing)
    {
        var parameters = stackalloc LibCrypto.Parameter[2];
        fixed (byte* digest = "digest"u8, sha256 = "SHA256"u8, hmacKey = keys.HmacKey(index), aesKey = keys.AesKey(index))
        {
            parameters[0] = new LibCrypto.Parameter
            {
                Key = digest,
                DataType = LibCrypto.OSSL_PARAM_UTF8_STRING,
                Data = sha256,
                DataSize = 6,
            };
            parameters[1] = default;
            return LibCrypto.EVP_MAC_init(mac, hmacKey, (nuint)keys.HmacKey(index).Length, parameters) == 1
                && LibCrypto.EVP_CipherInit_ex(cipher, Ciphers.Aes256Cbc, 0, aesKey, iv, sealing) == 1;
        }
    }
}
