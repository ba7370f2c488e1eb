using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Engines;

/// <summary>One handshake after the other in an engine, without any I/O: whole records in, bytes for the peer out. It belongs to one thread
/// at a time. Its caller cuts, counts and limits the records.</summary>
internal interface IEngineHandshake : IDisposable
{
    /// <summary>Bytes that wait to be sent.</summary>
    int PendingOutput { get; }

    /// <summary>The name that the client asked for, as it sent it; empty for none. Until <see cref="Clear"/>.</summary>
    ReadOnlySpan<byte> ServerName { get; }

    /// <summary>Begins a handshake.</summary>
    /// <returns>False when there is no memory.</returns>
    bool TryStart(in HandshakeStart start);

    /// <summary>Goes on with the handshake; after a failure the alert, where one is due, is in the output.</summary>
    /// <param name="record">One whole record; empty for the first step of a client.</param>
    /// <param name="failure">Why it failed, in a few words for a log.</param>
    HandshakeStatus Step(ReadOnlySpan<byte> record, out string failure);

    /// <param name="destination">As long as <see cref="PendingOutput"/>.</param>
    void ReadOutput(Span<byte> destination);

    /// <summary>What was agreed on; between the end of the handshake and <see cref="End"/>.</summary>
    HandshakeFacts ReadFacts();

    /// <summary>Takes the record keys out; between the end of the handshake and <see cref="End"/>.</summary>
    /// <returns>False when the engine hasn't told them.</returns>
    bool TryExportKeys(SessionKeys keys, in RecordPositions positions);

    /// <summary>Frees what the handshake took and zeroes its secrets.</summary>
    void End();

    /// <summary>Forgets the handshake that has ended.</summary>
    void Clear();
}
