using TlsProxy.Handshake.Keys;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A connection whose peer reads nothing ends without the peer, however its bytes are sent.</summary>
public sealed class UnreadSendTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_abort_does_not_wait_for_a_peer_that_reads_nothing(bool sendsWithoutCopying)
    {
        var backend = new BackendRequest { Kind = BackendKind.IoUring, Ring = new RingOptions { SendZeroCopy = sendsWithoutCopying } };
        using var connection = new TestConnection(
            CipherSuite.Aes128GcmSha256, sendBufferBytes: 12_000, receiveBufferBytes: 4096, backend: backend);
        // Records are sent with a copy always.
        if (sendsWithoutCopying)
            connection.StartPlaintext();
        else
            connection.Start();
        connection.Send(new byte[4 << 20]);
        // It has come to where nothing goes on without the peer.
        connection.FinishTurns();

        connection.Run(connection.Channel.Abort);

        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }
}
