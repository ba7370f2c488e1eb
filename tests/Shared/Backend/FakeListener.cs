namespace TlsProxy.Testing.Backend;

/// <summary>A listening socket of the fake back end, with the connections that wait to be accepted.</summary>
internal sealed class FakeListener
{
    public Queue<FakeSocket> Waiting { get; } = new();

    public bool IsClosed { get; private set; }

    /// <summary>Those that were never accepted are reset.</summary>
    public void Close()
    {
        IsClosed = true;
        while (Waiting.TryDequeue(out var socket))
            socket.Break();
    }
}
