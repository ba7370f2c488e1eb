using System.Net.Sockets;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

public sealed class KeyUpdateTests
{
    private static readonly byte[] _update = [24, 0, 0, 1, 0];
    private static readonly byte[] _updateRequested = [24, 0, 0, 1, 1];

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.Aes256GcmSha384)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256)]
    public void The_peer_may_change_its_keys(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.Start();
        for (var i = 0; i < 3; i++)
        {
            connection.Peer.Send(ContentType.Handshake, _update);
            connection.Peer.UpdateSealing();
            connection.Peer.Send(ContentType.ApplicationData, "data"u8);
            Assert.Equal("data"u8, connection.Owner.Receive(4));
        }

        connection.SendAll("same keys"u8.ToArray());

        Assert.Equal("same keys"u8, connection.Peer.ReadData(9).Content);
        connection.CloseAndCheck();
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.Aes256GcmSha384)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256)]
    public void The_peer_may_ask_for_new_keys(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.Start();
        for (var i = 0; i < 3; i++)
        {
            AskForKeys(connection);
            ReadUpdate(connection);
            connection.SendAll("data"u8.ToArray());
            Assert.Equal("data"u8, connection.Peer.ReadData(4).Content);
        }

        connection.CloseAndCheck();
    }

    [Fact]
    public void Keys_asked_for_during_a_send_come_after_it()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, sendBufferBytes: 8192, receiveBufferBytes: 8192);
        connection.Start();
        connection.Send(new byte[1 << 20]);
        AskForKeys(connection);
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        Assert.Equal("data"u8, connection.Owner.Receive(4));

        Assert.Equal(new byte[1 << 20], connection.Peer.ReadData(1 << 20).Content);

        connection.Owner.Expect(ChannelEventKind.Sent);
        ReadUpdate(connection);
        connection.SendAll("data"u8.ToArray());
        Assert.Equal("data"u8, connection.Peer.ReadData(4).Content);
        connection.CloseAndCheck();
    }

    [Fact]
    public void What_is_sent_right_after_a_key_update_has_the_new_keys()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Owner.Receiving = _ => connection.Channel.Close();

        connection.Start(RequestAndData(connection));

        Assert.Equal("data"u8, connection.Owner.Receive(4));
        ReadUpdate(connection);
        connection.Peer.ReadAlert(TlsPeer.CloseNotify);
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);
        connection.Owner.Expect(ChannelEventKind.Closed);
    }

    [Fact]
    public void A_send_waits_for_the_key_update_before_it()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        var answer = connection.Pool.TryRent(100)!;
        answer.Memory.Span[..6].Clear();
        connection.Owner.Receiving = _ => connection.Channel.Send([answer.Memory.Slice(0, 6)]);

        connection.Start(RequestAndData(connection));

        ReadUpdate(connection);
        Assert.Equal(new byte[6], connection.Peer.ReadData(6).Content);
        Assert.Equal("data"u8, connection.Owner.Receive(4));
        connection.Owner.Expect(ChannelEventKind.Sent);
        answer.Release();
        connection.CloseAndCheck();
    }

    [Fact]
    public void A_key_update_may_be_cut_over_records_but_not_around_data()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        foreach (var part in _update)
            connection.Peer.Send(ContentType.Handshake, [part]);
        connection.Peer.UpdateSealing();
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        Assert.Equal("data"u8, connection.Owner.Receive(4));

        connection.Peer.Send(ContentType.Handshake, _update.AsSpan(0, 2));
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.UnexpectedMessage]);
    }

    [Theory]
    [InlineData(new byte[] { 24, 0, 0, 1, 2 }, TlsAlert.IllegalParameter)]
    [InlineData(new byte[] { 24, 0, 0, 2, 0, 0 }, TlsAlert.DecodeError)]
    [InlineData(new byte[] { 24, 0, 0, 0 }, TlsAlert.DecodeError)]
    [InlineData(new byte[] { 24, 0, 0, 1, 0, 24 }, TlsAlert.UnexpectedMessage)]
    [InlineData(new byte[] { 1, 0, 0, 1, 0 }, TlsAlert.UnexpectedMessage)]
    [InlineData(new byte[] { 4 }, TlsAlert.UnexpectedMessage)]
    [InlineData(new byte[0], TlsAlert.UnexpectedMessage)]
    public void Other_messages_are_answered_with_an_alert(byte[] message, object alert)
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, message);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)(TlsAlert)alert]);
    }

    [Fact]
    public void Tls_1_2_has_no_message_after_the_handshake()
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, _update);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.UnexpectedMessage]);
    }

    [Fact]
    public void Keys_asked_for_while_others_are_on_their_way_come_before_the_next_data()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        var answer = connection.Pool.TryRent(100)!;
        answer.Memory.Span[..6].Clear();
        connection.Owner.Receiving = _ => connection.Channel.Send([answer.Memory.Slice(0, 6)]);
        var first = connection.Peer.Seal(ContentType.Handshake, _updateRequested);
        connection.Peer.UpdateSealing();
        var second = connection.Peer.Seal(ContentType.Handshake, _updateRequested);
        connection.Peer.UpdateSealing();

        connection.Start([.. first, .. second, .. connection.Peer.SealData("data")]);

        ReadUpdate(connection);
        ReadUpdate(connection);
        Assert.Equal(new byte[6], connection.Peer.ReadData(6).Content);
        Assert.Equal("data"u8, connection.Owner.Receive(4));
        connection.Owner.Expect(ChannelEventKind.Sent);
        answer.Release();
        connection.CloseAndCheck();
    }

    private static void AskForKeys(TestConnection connection)
    {
        connection.Peer.Send(ContentType.Handshake, _updateRequested);
        connection.Peer.UpdateSealing();
    }

    private static byte[] RequestAndData(TestConnection connection)
    {
        var request = connection.Peer.Seal(ContentType.Handshake, _updateRequested);
        connection.Peer.UpdateSealing();
        return [.. request, .. connection.Peer.Seal(ContentType.ApplicationData, "data"u8)];
    }

    private static void ReadUpdate(TestConnection connection)
    {
        var (type, content) = connection.Peer.Read();
        Assert.Equal(ContentType.Handshake, type);
        Assert.Equal(_update, content);
        connection.Peer.UpdateOpening();
    }
}
