namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Counts connections. Called on the loop's thread.</summary>
internal interface IConnectionKeeper
{
    /// <summary>A connection that nobody uses ends: it isn't given to anybody any more.</summary>
    void OnUnfit(OriginConnection connection);

    /// <summary>A connection carries a tunnel from now on, and no further request.</summary>
    void OnTunnel(OriginConnection connection);

    /// <summary>The descriptor of a connection is closed, or will be without its owner.</summary>
    void OnClosed(OriginConnection connection);
}
