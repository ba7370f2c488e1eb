using System.Net.Sockets;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Tests.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Kernel;

[Trait("Kernel", "tls")]
public sealed class KernelTlsTests
{
    public KernelTlsTests() => RunningKernel.SkipWithoutTls();

    public static TheoryData<CipherSuite, KtlsMode> Matrix
    {
        get
        {
            var data = new TheoryData<CipherSuite, KtlsMode>();
            foreach (var suite in Enum.GetValues<CipherSuite>())
            {
                data.Add(suite, KtlsMode.Transmit);
                data.Add(suite, KtlsMode.Both);
            }

            return data;
        }
    }

    public static TheoryData<KtlsMode> Modes => new(KtlsMode.Transmit, KtlsMode.Both);

    [Theory]
    [MemberData(nameof(Matrix))]
    public void The_kernel_makes_and_opens_the_records_of_every_suite(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();
        Assert.True(connection.Channel.KernelTransmits);
        Assert.Equal(mode == KtlsMode.Both, connection.Channel.KernelReceives);
        byte[][] ranges = [RandomNumberGenerator.GetBytes(250), RandomNumberGenerator.GetBytes((1 << 20) - 250)];
        var request = RandomNumberGenerator.GetBytes(50_000);
        foreach (var part in request.Chunk(16384))
            connection.Peer.Send(ContentType.ApplicationData, part);
        Assert.Equal(request, connection.Owner.Receive(request.Length));

        connection.Send(ranges);

        var (data, records) = connection.Peer.ReadData(1 << 20);
        Assert.Equal(ranges.SelectMany(range => range), data);
        Assert.Equal(64, records);
        connection.Owner.Expect(ChannelEventKind.Sent);
        connection.CloseAndCheck();
        var counters = connection.Counters;
        Assert.Equal((1, mode == KtlsMode.Both ? 1 : 0, 0), (counters.Transmit, counters.Receive, counters.UserSpace));
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void What_the_peer_has_sent_by_then_is_received_before_an_idle_connection_is_closed(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();
        ReadOnceMoreTests.Check(connection);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_peer_that_has_ended_its_side_before_the_hand_over_is_answered_from_user_space(KtlsMode mode)
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, mode, requireKtls: true);
        connection.Peer.Send(ContentType.ApplicationData, "request"u8);
        connection.Peer.Socket.Shutdown(SocketShutdown.Send);

        connection.Start();

        Assert.Equal("request"u8, connection.Owner.Receive(7));
        connection.Owner.Expect(ChannelEventKind.ReceiveEnded);
        Assert.Equal("none:peer_ended", connection.Do(() => connection.Channel.Verdict.Text));
        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        connection.CloseAndCheck();
        Assert.Empty(connection.Counters.Refusals);
    }

    [Fact]
    public void Head_and_body_of_a_small_answer_leave_in_one_record()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        connection.Start();

        connection.Send(RandomNumberGenerator.GetBytes(250), RandomNumberGenerator.GetBytes(1024));

        Assert.Equal(1, connection.Peer.ReadData(1274).Records);
        connection.Owner.Expect(ChannelEventKind.Sent);
        connection.CloseAndCheck();
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256, KtlsMode.Both)]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm, KtlsMode.Both)]
    [InlineData(CipherSuite.EcdheRsaChaCha20, KtlsMode.Transmit)]
    public void A_record_cut_at_the_hand_over_is_completed(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        var first = true;
        foreach (var cut in new[] { 0, 1, 4, 5, 6, 20, 25, 26, 30, 40, 52, 53, 60, 66 })
        {
            if (!first)
                connection.Connect();
            first = false;
            var stream = connection.Peer.SealData("head", "tail");
            var early = Math.Min(cut, stream.Length);
            connection.Start(stream[..early]);
            connection.Peer.Socket.Send(stream.AsSpan(early));
            connection.Peer.Send(ContentType.ApplicationData, "next"u8);

            Assert.Equal("headtailnext"u8, connection.Owner.Receive(12));
            Assert.Equal(mode == KtlsMode.Both, connection.Channel.KernelReceives);
            connection.CloseAndCheck();
        }
    }

    [Fact]
    public void A_channel_paused_within_the_hand_over_receives_again_when_resumed()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Owner.Receiving = _ => connection.Channel.PauseReceive();
        var stream = connection.Peer.SealData("head", "tail");
        connection.Start(stream[..30]);
        Assert.Equal("head"u8, connection.Owner.Receive(4));
        connection.Owner.Receiving = null;
        Assert.True(connection.Channel.IsOpen);
        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);

        connection.Run(connection.Channel.ResumeReceive);
        connection.Peer.Socket.Send(stream.AsSpan(30));
        connection.Peer.Send(ContentType.ApplicationData, "next"u8);

        Assert.Equal("tailnext"u8, connection.Owner.Receive(8));
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(TestKeys.EachLayout), MemberType = typeof(TestKeys))]
    public void The_kernel_opens_records_of_all_lengths_and_paddings(CipherSuite suite)
    {
        using var connection = Open(suite, KtlsMode.Both);
        connection.Start();
        var isTls13 = TestKeys.VersionOf(suite) == TlsVersion.Tls13;
        var sent = new List<byte>();
        foreach (var length in new[] { 0, 1, 16384, 0, 0, 5, 16383 })
        {
            var content = RandomNumberGenerator.GetBytes(length);
            sent.AddRange(content);
            connection.Peer.Send(ContentType.ApplicationData, content);
            if (isTls13 && length < 100)
            {
                sent.AddRange(content);
                connection.Peer.SendPadded(ContentType.ApplicationData, content, 1000);
            }
        }

        Assert.Equal(sent, connection.Owner.Receive(sent.Count));
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void Nothing_is_cut_off_for_a_slow_reader_when_the_connection_closes(KtlsMode mode)
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, mode, sendBufferBytes: 12000, receiveBufferBytes: 4096);
        var body = RandomNumberGenerator.GetBytes(16 * 16384);
        for (var i = 0; i < 20; i++)
        {
            if (i > 0)
                connection.Connect(4096);
            connection.Start();
            connection.Owner.Sending = connection.Channel.Close;
            connection.Send(body);

            Assert.Equal(body, connection.Peer.ReadData(body.Length).Content);
            connection.Peer.ReadAlert(TlsPeer.CloseNotify);
            connection.Peer.Socket.Shutdown(SocketShutdown.Send);
            connection.Owner.Expect(ChannelEventKind.Sent);
            connection.Owner.Expect(ChannelEventKind.Closed);
        }
    }

    [Fact]
    public void An_aborted_connection_ends_in_a_reset_without_close_notify()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Both);
        connection.Start();

        connection.Run(connection.Channel.Abort);

        connection.Owner.Expect(ChannelEventKind.Closed);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => connection.Peer.Read()).SocketErrorCode);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_round_trip_allocates_nothing(KtlsMode mode)
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, mode);
        using var echo = new EchoOwner(connection);
        echo.Start();
        for (var i = 0; i < 500; i++)
            echo.RoundTrip();
        var before = connection.Do(GC.GetAllocatedBytesForCurrentThread);
        var idle = connection.Do(GC.GetAllocatedBytesForCurrentThread) - before;
        before = connection.Do(GC.GetAllocatedBytesForCurrentThread);

        for (var i = 0; i < 500; i++)
            echo.RoundTrip();

        Assert.Equal(idle, connection.Do(GC.GetAllocatedBytesForCurrentThread) - before);
    }

    [Fact]
    public void The_probe_finds_every_version_and_cipher_in_both_directions()
    {
        var report = KtlsProbe.Run();

        Assert.Equal(Errno.None, report.Module);
        Assert.Equal(6, report.Cells.Count);
        Assert.NotNull(AesGcmDriver.Name);
        Assert.All(report.Cells, support => Assert.Equal((Errno.None, Errno.None), (support.Transmit, support.Receive)));
    }

    private static TestConnection Open(
        CipherSuite suite, KtlsMode mode, int? sendBufferBytes = null, int? receiveBufferBytes = null, bool requireKtls = false) =>
        new(
            suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode, IsRequired = requireKtls } }, sendBufferBytes,
            receiveBufferBytes);
}
