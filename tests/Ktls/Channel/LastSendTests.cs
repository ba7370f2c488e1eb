using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A send that its owner says is the last: where records are made in user space, close_notify leaves with it.</summary>
public sealed class LastSendTests
{
    private static readonly byte[] s_keyUpdateRequest = [24, 0, 0, 1, 1];

    // A record of TLS 1.3 with an alert in it.
    private const int AlertBytes = 24;

    [Fact]
    public void The_end_leaves_with_the_last_bytes_and_is_told_once()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Send("hello");
        var alone = scene.LastSend.Memory.Length;
        scene.CompleteSend(alone);

        scene.Send("hello", isLast: true);
        Assert.Equal(alone + AlertBytes, scene.LastSend.Memory.Length);
        scene.CompleteSend(alone + AlertBytes);
        scene.Channel.Close();

        Assert.Equal((2, 2, null), (scene.Sent, scene.Sends, scene.Failure));
    }

    [Fact]
    public void What_is_left_of_a_short_send_is_sent_with_the_end_in_it()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Send("hello", isLast: true);
        var whole = scene.LastSend.Memory.Length;
        scene.CompleteSend(whole - AlertBytes);

        Assert.Equal((0, 2), (scene.Sent, scene.Sends));
        Assert.Equal(AlertBytes, scene.LastSend.Memory.Length);
        scene.CompleteSend(AlertBytes);
        Assert.Equal(1, scene.Sent);
    }

    [Fact]
    public void Nothing_is_sent_behind_the_end()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Send("hello", isLast: true);
        scene.Receive(ContentType.Handshake, s_keyUpdateRequest);
        scene.CompleteSend(scene.LastSend.Memory.Length);

        Assert.Equal((1, 1), (scene.Sent, scene.Sends));
        Assert.Throws<InvalidOperationException>(() => scene.Send("more"));
    }

    [Fact]
    public void An_alert_is_not_sent_behind_the_end_either()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Send("hello", isLast: true);
        // A message of the handshake that nobody may send after it.
        scene.Receive(ContentType.Handshake, [1, 0, 0, 0]);
        Assert.Equal(ChannelFailure.BadRecord, scene.Failure);
        scene.CompleteSend(scene.LastSend.Memory.Length);

        Assert.Equal(1, scene.Sends);
    }

    [Fact]
    public void A_send_that_waits_for_a_key_update_is_the_last_all_the_same()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Receive(ContentType.Handshake, s_keyUpdateRequest);
        var update = scene.LastSend.Memory.Length;
        scene.Send("hello", isLast: true);
        Assert.Equal(1, scene.Sends);

        scene.CompleteSend(update);

        Assert.Equal(2, scene.Sends);
        scene.CompleteSend(scene.LastSend.Memory.Length);
        scene.Channel.Close();
        Assert.Equal((1, 2), (scene.Sent, scene.Sends));
    }

    [Fact]
    public void Where_the_kernel_makes_the_records_the_end_follows_by_itself()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        scene.Send("hello", isLast: true);
        Assert.Equal(5, scene.LastSend.Memory.Length);
        scene.CompleteSend(5);
        scene.Channel.Close();

        Assert.Equal(2, scene.Sends);
        Assert.Equal("21: 1 0", scene.LastControl);
    }

    [Theory]
    [MemberData(nameof(TestKeys.AllSuites), MemberType = typeof(TestKeys))]
    public void A_peer_reads_every_byte_and_one_close_notify(CipherSuite suite)
    {
        using var connection = new TestConnection(suite, sendBufferBytes: 12_000, receiveBufferBytes: 4096);
        connection.Start();
        var body = System.Security.Cryptography.RandomNumberGenerator.GetBytes(300_000);

        connection.Send(isLast: true, "head"u8.ToArray(), body);

        Assert.Equal([.. "head"u8, .. body], connection.Peer.ReadData(4 + body.Length).Content);
        connection.Owner.Expect(ChannelEventKind.Sent);
        connection.CloseAndCheck();
    }

    [Fact]
    public void An_alert_takes_the_place_of_what_was_not_sealed_yet()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, sendBufferBytes: 12_000, receiveBufferBytes: 4096);
        connection.Start();
        connection.Send(isLast: true, new byte[1 << 20]);
        connection.Peer.Socket.Send([23, 3, 3, 0, 20, .. new byte[20]]);
        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);

        var (type, content) = connection.Peer.Read();
        while (type == ContentType.ApplicationData)
            (type, content) = connection.Peer.Read();

        Assert.Equal((ContentType.Alert, (byte)TlsAlert.BadRecordMac), (type, content[1]));
    }

    [Fact]
    public void The_next_connection_of_a_channel_is_not_at_its_end()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        for (var i = 0; i < 2; i++)
        {
            if (i > 0)
                connection.Connect();
            connection.Start();
            connection.SendAll("first"u8.ToArray());
            connection.Send(isLast: true, "last"u8.ToArray());
            Assert.Equal("firstlast"u8, connection.Peer.ReadData(9).Content);
            connection.Owner.Expect(ChannelEventKind.Sent);
            connection.CloseAndCheck();
        }
    }
}
