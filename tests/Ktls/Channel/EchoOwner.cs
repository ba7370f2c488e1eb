using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Sends back what comes, and counts; nothing is allocated for a round trip.</summary>
internal sealed class EchoOwner(TestConnection connection) : IRecordChannelOwner, IDisposable
{
    private readonly Segment _buffer = connection.Pool.TryRent(4096)!;
    private readonly byte[] _received = new byte[4096];

    public void Start() => connection.Start(this);

    public void RoundTrip()
    {
        var record = connection.Peer.Seal(ContentType.ApplicationData, new byte[64]);
        connection.Peer.Socket.Send(record);
        for (var got = 0; got < record.Length;)
            got += connection.Peer.Socket.Receive(_received.AsSpan(got));
    }

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer.Memory.Span);
        connection.Channel.Send([_buffer.Memory.Slice(0, bytes.Length)]);
    }

    public bool IsWithinMessage => false;

    public void OnEnding() => connection.Channel.Close();

    public void OnReceiveEnded() => connection.Channel.Close();

    public void OnSilent() => connection.Channel.Close();

    public void OnSent()
    {
    }

    public void OnFailed(ChannelFailure failure, Errno error)
    {
    }

    public void OnClosed()
    {
    }

    public void Dispose() => _buffer.Release();

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
