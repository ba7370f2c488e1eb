using System.Net.Sockets;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Ktls.Tests.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Kernel;

/// <summary>Records that aren't data, and those that aren't right, where the kernel makes or opens them.</summary>
[Trait("Kernel", "tls")]
public sealed class KernelControlTests
{
    private static readonly byte[] _update = [24, 0, 0, 1, 0];

    public KernelControlTests() => RunningKernel.SkipWithoutTls();

    public static TheoryData<KtlsMode> Modes => new(KtlsMode.Transmit, KtlsMode.Both);

    [Theory]
    [MemberData(nameof(TestKeys.EachLayout), MemberType = typeof(TestKeys))]
    public void A_record_that_the_kernel_cannot_open_is_answered_with_an_alert(CipherSuite suite)
    {
        using var connection = Open(suite, KtlsMode.Both);
        connection.Start();
        var record = connection.Peer.Seal(ContentType.ApplicationData, "request"u8);
        record[^1] ^= 1;

        connection.Peer.Socket.Send(record);

        ExpectAlert(connection, TlsAlert.BadRecordMac);
    }

    [Fact]
    public void A_record_too_long_is_answered_with_an_alert()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();

        connection.Peer.Socket.Send([23, 3, 3, 0x41, 0x12, 0, 0]);

        ExpectAlert(connection, TlsAlert.RecordOverflow);
    }

    [Fact]
    public void The_peers_close_notify_ends_the_receive()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();
        connection.Peer.Send(ContentType.ApplicationData, "last"u8);
        connection.Peer.Send(ContentType.Alert, TlsPeer.CloseNotify);

        Assert.Equal("last"u8, connection.Owner.Receive(4));
        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);

        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.CloseAndCheck();
    }

    [Fact]
    public void Control_records_between_data_are_taken()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();
        for (var i = 0; i < 3 * ControlCredit.Maximum; i++)
        {
            connection.Peer.Send(ContentType.Alert, [1, 90]);
            connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        }

        Assert.Equal(4 * 3 * ControlCredit.Maximum, connection.Owner.Receive(4 * 3 * ControlCredit.Maximum).Length);
        connection.CloseAndCheck();
    }

    [Fact]
    public void Empty_records_of_data_pass_the_kernel_unseen_and_end_nothing()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();

        connection.Peer.Flood(ContentType.ApplicationData, []);
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        Assert.Equal("data"u8, connection.Owner.Receive(4));
        connection.CloseAndCheck();
    }

    [Fact]
    public void A_flood_of_control_records_is_answered_with_an_alert()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();

        connection.Peer.Flood(ContentType.Alert, [1, 90]);

        ExpectAlert(connection, TlsAlert.UnexpectedMessage);
    }

    [Fact]
    public void A_message_cut_around_data_is_answered_with_an_alert()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, _update.AsSpan(0, 2));
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        ExpectAlert(connection, TlsAlert.UnexpectedMessage);
    }

    [Fact]
    public void Control_records_and_data_that_come_too_late_are_discarded()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();
        connection.Run(connection.Channel.PauseReceive);
        connection.Run(connection.Channel.PauseReceive);
        for (var i = 0; i < 3; i++)
        {
            connection.Peer.Send(ContentType.Alert, [1, 90]);
            connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        }

        connection.CloseAndCheck();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Behind_a_key_update_that_the_kernel_cannot_follow_nothing_is_read_and_what_came_before_is_answered(byte requested)
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();
        connection.Peer.Send(ContentType.ApplicationData, "request"u8);
        Assert.Equal("request"u8, connection.Owner.Receive(7));

        connection.Peer.Send(ContentType.Handshake, [24, 0, 0, 1, requested]);
        connection.Peer.UpdateSealing();
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);
        Assert.True(connection.Do(() => connection.Channel is { IsEnding: true, IsTruncated: true }));
        Assert.Equal(1, connection.Counters.RekeyRefused);
        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.Run(connection.Channel.Close);
        connection.Peer.ReadAlert(TlsPeer.CloseNotify);
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);
        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }

    [Fact]
    public void A_peer_that_asks_for_keys_that_the_kernel_would_have_to_send_with_is_answered_once_more()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, [24, 0, 0, 1, 1]);
        connection.Peer.UpdateSealing();
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        connection.Owner.Expect(ChannelEventKind.Ending);
        Assert.Equal("data"u8, connection.Owner.Receive(4));
        Assert.Equal(1, connection.Counters.RekeyRefused);
        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_client_that_wants_to_renegotiate_is_refused_and_goes_on(KtlsMode mode)
    {
        using var connection = Open(CipherSuite.EcdheRsaAes128Gcm, mode);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, [1, 0, 0, 3, 3, 3, 0]);

        connection.Peer.ReadAlert([1, 100]);
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        Assert.Equal("data"u8, connection.Owner.Receive(4));
        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.CloseAndCheck();
    }

    [Fact]
    public void Padding_alone_is_answered_with_an_alert()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();

        connection.Peer.SendPadded(ContentType.None, [], 100);

        // To the kernel it is a record that doesn't open.
        ExpectAlert(connection, TlsAlert.BadRecordMac);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_stream_that_ends_without_close_notify_is_counted(KtlsMode mode)
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, mode);
        connection.Start();

        connection.Peer.Socket.Shutdown(SocketShutdown.Send);

        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);
        Assert.Equal(1, connection.Counters.Records.Truncated);
        connection.CloseAndCheck();
    }

    [Fact]
    public void A_key_update_is_followed_where_only_sending_is_the_kernels()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, _update);
        connection.Peer.UpdateSealing();
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        Assert.Equal("data"u8, connection.Owner.Receive(4));
        connection.CloseAndCheck();
    }

    private static TestConnection Open(CipherSuite suite, KtlsMode mode) =>
        new(suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode } });

    private static void ExpectAlert(TestConnection connection, TlsAlert alert)
    {
        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)alert]);
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);
        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }
}
