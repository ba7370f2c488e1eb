namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>What ends a connection in the midst of what it does.</summary>
internal enum Cut
{
    /// <summary>The proxy itself, as at the end of the time for a drain.</summary>
    Abort,

    /// <summary>The peer's reset.</summary>
    Reset,

    /// <summary>The end of the peer's stream.</summary>
    End,

    /// <summary>Time that passes while the peer does nothing.</summary>
    Deadline,

    /// <summary>Nothing does: the client goes on to its end.</summary>
    Nothing,
}
