using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>A client that asks for nothing, and so must get nothing.</summary>
internal sealed class SilentClient(FakeSocket socket, ClientSuite? suite) : IDisposable
{
    private readonly IClientWire _wire = suite is { } chosen ? new TlsWire(chosen, null) : new PlainWire();
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>It could ask.</summary>
    public bool IsReady => _wire.IsReady;

    public void Step()
    {
        if (!socket.IsReset && !socket.IsClosed)
            _wire.Output.Skip(socket.Write(_wire.Output.Span));
        var count = socket.Take(_buffer);
        if (count > 0)
            _wire.Offer(_buffer.AsSpan(0, count));
        Assert.True(_wire.Received.Count == 0, $"{_wire.Received.Count} bytes came to a client that has asked for nothing");
    }

    public void Leave() => socket.Reset();

    public void Dispose() => _wire.Dispose();
}
