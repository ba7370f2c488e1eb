using System.Net.Sockets;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

public sealed class ReceiveTests
{
    [Fact]
    public void Records_cut_anywhere_between_handshake_and_socket_are_opened()
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm);
        var length = 2 * (new RecordFormat(TlsVersion.Tls12, Aead.Aes128Gcm).Overhead + 4);
        for (var cut = 0; cut <= length; cut++)
        {
            if (cut > 0)
                connection.Connect();
            var stream = connection.Peer.SealData("head", "tail");
            Assert.Equal(length, stream.Length);

            connection.Start(stream[..cut]);
            connection.Peer.Socket.Send(stream.AsSpan(cut));

            Assert.Equal("headtail"u8, connection.Owner.Receive(8));
            connection.CloseAndCheck();
        }
    }

    [Theory]
    [MemberData(nameof(TestKeys.EachLayout), MemberType = typeof(TestKeys))]
    public void A_stream_of_records_of_all_lengths_is_opened(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.Start();
        var sent = new List<byte>();
        foreach (var length in new[] { 1, 16384, 4096, 0, 5, 16383, 100 })
        {
            var content = RandomNumberGenerator.GetBytes(length);
            sent.AddRange(content);
            connection.Peer.Send(ContentType.ApplicationData, content);
        }

        Assert.Equal(sent, connection.Owner.Receive(sent.Count));
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(TestKeys.EachLayout), MemberType = typeof(TestKeys))]
    public void A_record_that_is_not_authentic_is_answered_with_an_alert(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.Start();
        var record = connection.Peer.Seal(ContentType.ApplicationData, "request"u8);
        record[^1] ^= 1;

        connection.Peer.Socket.Send(record);

        ExpectAlert(connection, TlsAlert.BadRecordMac);
    }

    [Fact]
    public void A_record_too_long_is_answered_with_an_alert_before_it_has_come()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.Peer.Socket.Send([23, 3, 3, 0x41, 0x01]);

        ExpectAlert(connection, TlsAlert.RecordOverflow);
    }

    [Theory]
    [InlineData((byte)20)]
    [InlineData((byte)22)]
    [InlineData((byte)24)]
    [InlineData((byte)71)]
    public void An_unprotected_record_is_answered_with_an_alert(byte type)
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.Peer.Socket.Send([type, 3, 3, 0, 1, 1]);

        ExpectAlert(connection, TlsAlert.UnexpectedMessage);
    }

    [Fact]
    public void The_alert_comes_after_the_records_under_way()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, sendBufferBytes: 8192, receiveBufferBytes: 8192);
        connection.Start();
        connection.Send(new byte[1 << 20]);
        connection.Peer.Socket.Send([99, 3, 3, 0, 1, 1]);
        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);

        (ContentType Type, byte[] Content) record;
        var read = 0;
        while ((record = connection.Peer.Read()).Type == ContentType.ApplicationData)
            read += record.Content.Length;

        Assert.InRange(read, 1, (1 << 20) - 1);
        Assert.Equal(ContentType.Alert, record.Type);
        Assert.Equal([2, (byte)TlsAlert.UnexpectedMessage], record.Content);
        connection.Peer.ReadEnd();
    }

    [Fact]
    public void After_close_notify_nothing_is_received_but_still_sent()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        connection.Peer.Send(ContentType.Alert, TlsPeer.CloseNotify);
        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);

        connection.Peer.Send(ContentType.ApplicationData, "ignored"u8);
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);
        connection.SendAll("answer"u8.ToArray());

        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.Run(connection.Channel.Close);
        connection.Peer.ReadAlert(TlsPeer.CloseNotify);
        connection.Owner.Expect(ChannelEventKind.Closed);
    }

    [Fact]
    public void A_stream_that_ends_without_close_notify_ends_the_receive()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.Peer.Socket.Shutdown(SocketShutdown.Send);

        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);
        Assert.Equal(1, connection.Counters.Records.Truncated);
        connection.CloseAndCheck();
    }

    [Fact]
    public void A_stream_that_ends_within_a_record_gives_nothing_of_it()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        var record = connection.Peer.SealData("request");

        connection.Peer.Socket.Send(record.AsSpan(0, record.Length - 1));
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);

        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);
        Assert.Equal(1, connection.Counters.Records.Truncated);
        connection.CloseAndCheck();
    }

    [Fact]
    public void The_padding_of_records_is_taken_off()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        connection.Peer.SendPadded(ContentType.ApplicationData, "a"u8, 1);
        connection.Peer.SendPadded(ContentType.ApplicationData, [], 16384);
        connection.Peer.SendPadded(ContentType.ApplicationData, "b"u8, 16383);

        Assert.Equal("ab"u8, connection.Owner.Receive(2));
        connection.CloseAndCheck();
    }

    [Fact]
    public void Padding_alone_is_answered_with_an_alert()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.Peer.SendPadded(ContentType.None, [], 100);

        ExpectAlert(connection, TlsAlert.UnexpectedMessage);
    }

    [Fact]
    public void A_fatal_alert_of_the_peer_ends_the_connection()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.Peer.Send(ContentType.Alert, [2, 80]);

        connection.Owner.ExpectFailure(ChannelFailure.PeerAlert);
        Assert.Equal(1, connection.Counters.Records.AlertsReceived);
        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }

    [Theory]
    [InlineData(23)]
    [InlineData(21)]
    public void Records_without_data_are_taken_a_limited_number_of_times(int type)
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        byte[] content = type == 21 ? [1, 90] : [];
        for (var i = 0; i < ControlCredit.Maximum; i++)
            connection.Peer.Send((ContentType)type, content);
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        Assert.Equal("data"u8, connection.Owner.Receive(4));

        connection.Peer.Flood((ContentType)type, content);

        ExpectAlert(connection, TlsAlert.UnexpectedMessage);
    }

    [Fact]
    public void After_an_alert_what_the_peer_still_sends_does_not_reset_it_away()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, receiveBufferBytes: 4096);
        connection.Start();

        connection.Peer.Socket.Send([23, 3, 3, 0x41, 0x01]);
        for (var i = 0; i < 50; i++)
            connection.Peer.Socket.Send(new byte[10_000]);

        ExpectAlert(connection, TlsAlert.RecordOverflow);
    }

    [Fact]
    public void A_paused_channel_receives_again_when_resumed()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        connection.Run(connection.Channel.PauseReceive);
        connection.Run(connection.Channel.PauseReceive);
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        connection.SendAll("answer"u8.ToArray());

        connection.Run(connection.Channel.ResumeReceive);

        Assert.Equal("data"u8, connection.Owner.Receive(4));
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.CloseAndCheck();
    }

    [Fact]
    public void An_owner_may_close_while_it_is_given_data()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Owner.Receiving = _ => connection.Channel.Close();

        connection.Start(connection.Peer.SealData("last", "late"));

        Assert.Equal("last"u8, connection.Owner.Receive(4));
        connection.Peer.ReadAlert(TlsPeer.CloseNotify);
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);
        connection.Owner.Expect(ChannelEventKind.Closed);
    }

    [Fact]
    public void A_round_trip_allocates_nothing()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        using var echo = new EchoOwner(connection);
        echo.Start();
        for (var i = 0; i < 2000; i++)
            echo.RoundTrip();
        var before = connection.Do(GC.GetAllocatedBytesForCurrentThread);
        var idle = connection.Do(GC.GetAllocatedBytesForCurrentThread) - before;
        before = connection.Do(GC.GetAllocatedBytesForCurrentThread);

        for (var i = 0; i < 2000; i++)
            echo.RoundTrip();

        Assert.Equal(idle, connection.Do(GC.GetAllocatedBytesForCurrentThread) - before);
    }

    private static void ExpectAlert(TestConnection connection, TlsAlert alert)
    {
        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        Assert.Equal(1, connection.Counters.Records.AlertsSent);
        connection.Peer.ReadAlert([2, (byte)alert]);
        connection.Peer.ReadEnd();
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);
        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }
}
