namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>Is told how a response ended.</summary>
internal interface IResponseOwner
{
    /// <summary>The whole response has left.</summary>
    void OnResponseSent();

    /// <summary>The response can't be finished; the client must not take what it has for the whole.</summary>
    void OnResponseCut();
}
