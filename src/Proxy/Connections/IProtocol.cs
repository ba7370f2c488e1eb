using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections;

/// <summary>Turns a connection's bytes into exchanges and their responses into bytes, by <see cref="Connection.Channel"/>. It is reused
/// with its connection, and every member is called on the loop's thread.</summary>
internal interface IProtocol
{
    /// <summary>What was sent so far is the beginning of a message: an end now must not look like one in order.</summary>
    bool IsWithinMessage { get; }

    /// <summary>No request is under way, not even a part of one.</summary>
    bool IsIdle { get; }

    /// <summary>The client has sent something.</summary>
    bool HasBeenAsked { get; }

    /// <summary>A life begins: the client is known, and its bytes follow.</summary>
    void Start();

    /// <summary>The client is refused before it could ask; what it has sent is no request.</summary>
    void Refuse(Refusal refusal);

    /// <summary>Bytes of the client, valid until the call returns.</summary>
    void OnReceived(ReadOnlySpan<byte> bytes);

    /// <summary>The client's side has taken every byte of the last send.</summary>
    void OnSent();

    /// <summary>The client sends no more.</summary>
    void OnPeerEnded();

    /// <summary>The channel doesn't go on for long: the next response is the last.</summary>
    void OnEnding();

    /// <summary>The time that <see cref="Connection.Arm"/> set has passed.</summary>
    void OnDeadline();

    /// <summary>The worker drains: the connection ends after its next response, or when its time for a request is up.</summary>
    void Drain();

    /// <summary>The connection closes, is aborted or has failed: gives up what others do for it. More than one call is possible.</summary>
    void Leave();

    /// <summary>The one place where a life ends; nothing is in flight.</summary>
    void End();

    /// <summary>In place of <see cref="Leave"/> after a fault: each step, whatever became of the one before.</summary>
    void Surrender();

    /// <summary>In place of <see cref="End"/> after a fault; the protocol isn't used again.</summary>
    void Discard();
}
