namespace TlsProxy.Proxy.Responses;

/// <summary>Who writes a body.</summary>
internal interface IBodyProducer
{
    /// <summary>All bytes are there, and no reader has seen the last of them yet. Called on the thread that writes.</summary>
    void OnWhole();

    /// <summary>There is room again after <see cref="Body.MustWait"/> said that there was none. Called on the thread of a reader.</summary>
    void OnRoom();

    /// <summary>The last reader of a body that is still arriving has left. Called on the thread of that reader.</summary>
    void OnReadersGone();
}
