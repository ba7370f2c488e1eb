namespace TlsProxy.Proxy.Cache;

/// <summary>Who writes a body; called from the threads of its readers.</summary>
internal interface IBodyProducer
{
    /// <summary>There is room again after <see cref="StoredBody.MustWait"/> said that there was none.</summary>
    void OnRoom();

    /// <summary>The last reader of a body that is still arriving has left.</summary>
    void OnReadersGone();
}
