namespace TlsProxy.Ktls.Channel;

/// <summary>An owner that keeps the session tickets which a server of TLS 1.3 sends to its client behind the handshake. Other owners get
/// none.</summary>
public interface ITicketOwner : IRecordChannelOwner
{
    /// <summary>A ticket came.</summary>
    /// <param name="message">A whole NewSessionTicket with its header (RFC 9846, section 4.7.1), valid until the call returns.</param>
    void OnTicket(ReadOnlySpan<byte> message);
}
