using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>The look at what has come before an idle connection is closed.</summary>
public sealed class ReadOnceMoreTests
{
    [Fact]
    public void A_silent_channel_tells_its_owner_when_its_receive_is_over()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);

        scene.Channel.ReadOnceMore();

        Assert.Equal((1, 0), (scene.Backend.Cancelled.Count, scene.Silences));
        scene.EndReceive(Errno.ECANCELED);
        Assert.Equal((1, 1), (scene.Silences, Receives(scene) - 1));
    }

    [Fact]
    public void Bytes_that_come_while_the_receive_ends_are_received()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Channel.ReadOnceMore();
        scene.Backend.HasInput = true;

        scene.EndReceive(Errno.ECANCELED);

        Assert.Equal((0, 2), (scene.Silences, Receives(scene)));
        scene.Backend.HasInput = false;
        scene.Channel.ReadOnceMore();
        scene.EndReceive(Errno.ECANCELED);
        Assert.Equal(1, scene.Silences);
    }

    [Fact]
    public void The_next_connection_of_a_channel_is_not_asked_for_its_silence()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        connection.Run(() =>
        {
            connection.Channel.ReadOnceMore();
            connection.Channel.Abort();
        });
        connection.Owner.Expect(ChannelEventKind.Closed);

        connection.Connect();
        connection.Start();
        connection.Peer.Send(ContentType.ApplicationData, "request"u8);
        Assert.Equal("request"u8, connection.Owner.Receive(7));

        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(TestKeys.EachLayout), MemberType = typeof(TestKeys))]
    public void What_the_peer_has_sent_by_then_is_received(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.Start();
        Check(connection);
    }

    /// <summary>Sees that every part of a record, and the whole of it, keeps the channel from being silent.</summary>
    internal static void Check(TestConnection connection)
    {
        var record = connection.Peer.Seal(ContentType.ApplicationData, "request"u8);
        for (var cut = 1; cut <= record.Length; cut++)
        {
            var there = record[..cut];
            // On the loop's thread, so that the loop can't have seen the bytes before.
            connection.Run(() =>
            {
                connection.SendFromPeer(there);
                connection.Channel.ReadOnceMore();
            });
            // The receive has ended by then, and the channel has looked.
            for (var turn = 0; turn < 3; turn++)
                connection.Run(() => { });
            connection.Peer.Socket.Send(record.AsSpan(cut));
            Assert.Equal("request"u8, connection.Owner.Receive(7));
            record = connection.Peer.Seal(ContentType.ApplicationData, "request"u8);
        }

        connection.Run(connection.Channel.ReadOnceMore);
        connection.Owner.Expect(ChannelEventKind.Silent);
        connection.CloseAndCheck();
    }

    private static int Receives(ScriptedChannel scene) =>
        scene.Backend.Submitted.Count(operation => operation.Kind == OperationKind.ReceiveMultishot);
}
