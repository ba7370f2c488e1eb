namespace TlsProxy.Proxy.Upstream.Ring.Connecting;

/// <summary>Counts the sockets that are being opened or given up: each from its connect to the end of what is pending on it. Loop's thread
/// only.</summary>
/// <param name="onNone">Called whenever there is none any more.</param>
internal sealed class OpeningSockets(Action onNone)
{
    public int Count { get; private set; }

    public void Add() => Count++;

    public void Remove()
    {
        if (--Count == 0)
            onNone();
    }
}
