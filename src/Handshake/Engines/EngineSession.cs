namespace TlsProxy.Handshake.Engines;

/// <summary>A session that a client may resume, in a form of its engine's. No other engine can use it. The server was verified in the
/// handshake that has made it. One thread uses it at a time.</summary>
internal abstract class EngineSession : IDisposable
{
    /// <summary>From then on it isn't offered: its ticket's lifetime is over, or the server's certificate has expired.</summary>
    public abstract DateTimeOffset Expiry { get; }

    /// <summary>A copy to offer, where a session may be resumed more than once, as in TLS 1.2.</summary>
    /// <returns>Null where it may not (RFC 9846, appendix C.4), or where there is no memory.</returns>
    public abstract EngineSession? TryCopy();

    /// <summary>Zeroes its secrets.</summary>
    public abstract void Dispose();
}
