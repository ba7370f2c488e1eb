using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Interop;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>HTTP over TLS. Everything that comes must be records that open: plaintext among them breaks the client.</summary>
internal sealed class TlsWire : IClientWire
{
    private readonly TlsClient _client;

    public TlsWire(ClientSuite suite, ClientSession? session)
    {
        _client = new TlsClient(suite, session);
        _client.TakeOutput(Output);
    }

    public bool IsReady => _client.IsEstablished;

    public BytePipe Output { get; } = new();

    public BytePipe Received => _client.Received;

    public ClientEnd End => _client.End;

    /// <summary>The client has asked for another handshake, which may be its end.</summary>
    public bool Renegotiates => _client.Renegotiates;

    public string Reason => _client.Reason;

    public bool WasResumed => _client.WasResumed;

    public void Offer(ReadOnlySpan<byte> bytes)
    {
        Assert.False(End is ClientEnd.CloseNotify or ClientEnd.Alert, $"{bytes.Length} bytes came after the end of TLS ({End} {Reason})");
        _client.Offer(bytes);
        _client.TakeOutput(Output);
    }

    public void Write(ReadOnlySpan<byte> data)
    {
        _client.Write(data);
        _client.TakeOutput(Output);
    }

    public void UpdateKeys(bool requested)
    {
        _client.UpdateKeys(requested);
        _client.TakeOutput(Output);
    }

    public void Close()
    {
        _client.Close();
        _client.TakeOutput(Output);
    }

    public ClientSession? TakeSession() => _client.TakeSession();

    public void Dispose() => _client.Dispose();
}
