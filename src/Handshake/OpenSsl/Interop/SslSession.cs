using System.Runtime.InteropServices;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>An SSL_SESSION that can be resumed. libssl zeroes its secrets when it is freed.</summary>
internal sealed unsafe class SslSession : EngineSession
{
    // RFC 9846, section 4.7.1.
    private const long SecondsMaximum = 7 * 24 * 3600;

    // A server of TLS 1.2 may leave it to the client (RFC 5077, section 3.3).
    private const long SecondsDefault = 2 * 3600;

    private const long SecondsOfDay = 24 * 3600;

    private readonly Handle _handle;

    private SslSession(Handle handle, DateTimeOffset expiry)
    {
        _handle = handle;
        Expiry = expiry;
    }

    public override DateTimeOffset Expiry { get; }

    /// <summary>Valid until the disposal.</summary>
    internal nint Value => _handle.DangerousGetHandle();

    private bool IsTls13 => LibSslClients.SSL_SESSION_get_protocol_version(Value) == (int)TlsVersion.Tls13;

    /// <param name="session">A reference, which passes.</param>
    /// <returns>Null where it can't be resumed.</returns>
    internal static SslSession? TryTake(nint session)
    {
        var handle = new Handle(session);
        if (!handle.IsInvalid && LibSslClients.SSL_SESSION_is_resumable(session) == 1)
            return new SslSession(handle, ExpiryOf(session));
        handle.Dispose();
        return null;
    }

    public override EngineSession? TryCopy()
    {
        if (IsTls13)
            return null;
        var copy = new Handle(LibSslClients.SSL_SESSION_dup(Value));
        if (!copy.IsInvalid)
            return new SslSession(copy, Expiry);
        copy.Dispose();
        return null;
    }

    public override void Dispose() => _handle.Dispose();

    private static DateTimeOffset ExpiryOf(nint session)
    {
        var hint = (long)LibSslClients.SSL_SESSION_get_ticket_lifetime_hint(session);
        var isTls13 = LibSslClients.SSL_SESSION_get_protocol_version(session) == (int)TlsVersion.Tls13;
        // Without one, TLS 1.3 says that the ticket is to be discarded.
        var lifetime = hint == 0 && !isTls13 ? SecondsDefault : Math.Clamp(hint, 0, SecondsMaximum);
        var made = DateTimeOffset.FromUnixTimeSeconds(LibSslClients.SSL_SESSION_get_time(session));
        int days, seconds;
        var peer = LibSsl.SSL_SESSION_get0_peer(session);
        if (peer == 0 || LibSslClients.ASN1_TIME_diff(&days, &seconds, 0, LibCryptoCertificates.X509_get0_notAfter(peer)) != 1)
            return DateTimeOffset.MinValue;
        var untilEnd = (days * SecondsOfDay) + seconds;
        return made.AddSeconds(Math.Min(lifetime, untilEnd));
    }

    private sealed class Handle : SafeHandle
    {
        public Handle(nint session)
            : base(0, ownsHandle: true) => SetHandle(session);

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            LibSslClients.SSL_SESSION_free(handle);
            return true;
        }
    }
}
