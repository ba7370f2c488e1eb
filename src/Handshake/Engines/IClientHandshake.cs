namespace TlsProxy.Handshake.Engines;

/// <summary>A handshake in the role of the client. The first step has an empty record.</summary>
internal interface IClientHandshake : IEngineHandshake
{
    /// <summary>Whether the handshake has failed because of the server's certificate.</summary>
    bool IsCertificateRefused { get; }

    /// <summary>The session to resume in a later handshake, between the end of this one and <see cref="IEngineHandshake.End"/>.</summary>
    /// <returns>The caller's to dispose; null where the server has given none, as in TLS 1.3 before its tickets.</returns>
    EngineSession? TakeSession();

    /// <summary>Takes a ticket of TLS 1.3, which comes behind the handshake, between the end and <see cref="IEngineHandshake.End"/>.
    /// </summary>
    /// <param name="message">A whole NewSessionTicket with its header (RFC 9846, section 4.7.1), as the record layer has opened it.</param>
    /// <returns>The session to resume with it, the caller's to dispose; null where the ticket can't be used.</returns>
    EngineSession? TakeTicket(ReadOnlySpan<byte> message);
}
