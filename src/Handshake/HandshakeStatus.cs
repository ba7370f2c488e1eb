namespace TlsProxy.Handshake;

/// <summary>How far a handshake is.</summary>
public enum HandshakeStatus : byte
{
    /// <summary>The peer's next bytes are needed; ours may wait to be sent.</summary>
    NeedMore,

    /// <summary>The keys can be taken.</summary>
    Done,

    /// <summary>The connection can't be established; an alert may wait to be sent.</summary>
    Failed,
}
