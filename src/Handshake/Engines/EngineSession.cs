namespace TlsProxy.Handshake.Engines;

/// <summary>A session that a client may resume, in a form of its engine's. No other engine can use it.</summary>
public abstract class EngineSession : IDisposable
{
    /// <summary>Zeroes its secrets.</summary>
    public abstract void Dispose();
}
