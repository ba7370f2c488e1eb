using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>HTTP without TLS.</summary>
internal sealed class PlainWire : IClientWire
{
    public bool IsReady => true;

    public BytePipe Output { get; } = new();

    public BytePipe Received { get; } = new();

    public ClientEnd End => ClientEnd.None;

    public void Offer(ReadOnlySpan<byte> bytes) => Received.Write(bytes);

    public void Write(ReadOnlySpan<byte> data) => Output.Write(data);

    public void Close()
    {
        // The end of the stream is all there is.
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
