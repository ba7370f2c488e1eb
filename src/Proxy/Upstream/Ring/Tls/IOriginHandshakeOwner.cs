using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>Gets the outcome of an <see cref="OriginHandshake"/>: one call on the loop's thread.</summary>
internal interface IOriginHandshakeOwner : IFaultDomain
{
    /// <summary>Every byte of the handshake has left. What it has brought is to be taken within the call.</summary>
    /// <param name="descriptor">The owner's from here on, also where this call throws; nothing is pending on it.</param>
    /// <param name="keys">To be taken by <see cref="SessionKeys.TakeFrom"/>.</param>
    /// <param name="leftover">Ciphertext received beyond the handshake.</param>
    /// <param name="tickets">Makes sessions of the server's tickets, the owner's to dispose; null where none follow.</param>
    void OnHandshakeDone(int descriptor, SessionKeys keys, ReadOnlySpan<byte> leftover, ClientTickets? tickets);

    /// <summary>There will be no session; an alert has left where one was due, and the descriptor is closed.</summary>
    /// <param name="reason"><see cref="OriginFailure.CertificateRefused"/>, <see cref="OriginFailure.HandshakeFailed"/>,
    /// <see cref="OriginFailure.ConnectTimeout"/> or <see cref="OriginFailure.Fault"/>.</param>
    /// <param name="error">In words of the log.</param>
    void OnHandshakeFailed(OriginFailure reason, string error);
}
