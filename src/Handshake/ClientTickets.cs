using TlsProxy.Handshake.Engines;

namespace TlsProxy.Handshake;

/// <summary>Makes sessions of the tickets that a server of TLS 1.3 sends behind the handshake, and keeps them for later handshakes. It
/// holds the engine's state of the handshake, some 20 KiB, until it is disposed. Its owner disposes it when the first response has ended,
/// before which servers have sent their tickets, and at the end of the connection at the latest. It belongs to one thread at a time.
/// </summary>
public sealed class ClientTickets : IDisposable
{
    // What a connection needs for itself and for one beside it; servers send one or two.
    private const int Maximum = 4;

    private readonly ServerIdentity _server;
    private readonly ClientEpoch _epoch;

    // Null from the end on.
    private IClientHandshake? _engine;
    private int _taken;

    /// <param name="engine">At the end of its handshake. It passes to this object, as does the reference to the epoch.</param>
    internal ClientTickets(IClientHandshake engine, ServerIdentity server, ClientEpoch epoch)
    {
        _engine = engine;
        _server = server;
        _epoch = epoch;
    }

    /// <summary>Whether further tickets would be kept.</summary>
    public bool IsOpen => _engine is not null;

    /// <summary>Takes a message that the record layer has opened. One that can't be used is dropped.</summary>
    /// <param name="message">A whole NewSessionTicket with its header (RFC 9846, section 4.7.1).</param>
    public void Offer(ReadOnlySpan<byte> message)
    {
        if (_engine is not { } engine)
            return;
        var session = engine.TakeTicket(message);
        if (session is not null)
            _epoch.Sessions.Keep(_server, session);
        if (session is null || ++_taken == Maximum)
            Dispose();
    }

    public void Dispose()
    {
        if (_engine is not { } engine)
            return;
        _engine = null;
        engine.End();
        engine.Dispose();
        _epoch.Release();
    }
}
