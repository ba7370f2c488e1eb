using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;

namespace TlsProxy.Ktls.Tests.Channel;

public sealed class SendTests
{
    public static TheoryData<int, int, int, int> Ranges => new()
    {
        { 250, 0, 0, 1 },
        { 250, 1024, 0, 1 },
        { 6, 16376, 2, 1 },
        { 250, 16384, 0, 2 },
        { 250, 1 << 20, 0, 82 },
        { 5000, 5000, 55535, 6 },
        { 5000, 5000, 22768, 4 },
        { 5000, 5000, 39151, 5 },
        { 16384, 16384, 16384, 3 },
        { 1, 1, 300_000, 24 },
    };

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Ranges_of_any_length_arrive_whole_and_in_order(int first, int second, int third, int recordsMaximum)
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        byte[][] ranges = [.. new[] { first, second, third }.Select(RandomNumberGenerator.GetBytes)];

        connection.Send(ranges);

        var (data, records) = connection.Peer.ReadData(first + second + third);
        Assert.Equal(ranges.SelectMany(range => range), data);
        Assert.InRange(records, 1, recordsMaximum);
        connection.Owner.Expect(ChannelEventKind.Sent);
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(TestKeys.AllSuites), MemberType = typeof(TestKeys))]
    public void Close_notify_follows_the_last_byte_of_every_suite(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.Start();
        var body = RandomNumberGenerator.GetBytes(100_000);
        connection.Peer.Send(ContentType.ApplicationData, "request"u8);
        Assert.Equal("request"u8, connection.Owner.Receive(7));

        connection.SendAll(body);

        Assert.Equal(body, connection.Peer.ReadData(body.Length).Content);
        connection.CloseAndCheck();
    }

    [Fact]
    public void An_aborted_connection_ends_in_a_reset_without_close_notify()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();
        connection.SendAll("some"u8.ToArray());
        Assert.Equal("some"u8, connection.Peer.ReadData(4).Content);

        connection.Run(connection.Channel.Abort);

        connection.Owner.Expect(ChannelEventKind.Closed);
        var reset = Assert.Throws<System.Net.Sockets.SocketException>(() => connection.Peer.Read());
        Assert.Equal(System.Net.Sockets.SocketError.ConnectionReset, reset.SocketErrorCode);
        connection.CheckNothingIsHeld();
    }

    [Fact]
    public void An_idle_connection_holds_no_buffer()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        connection.Start();

        connection.SendAll("answer"u8.ToArray());

        connection.Run(connection.Segments.Clear);
        Assert.Equal(1, connection.Pool.RentedSegments);
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
    }

    [Fact]
    public void A_channel_serves_one_connection_after_the_other()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256);
        for (var i = 0; i < 3; i++)
        {
            if (i > 0)
                connection.Connect();
            connection.Start();
            connection.Peer.Send(ContentType.ApplicationData, "ping"u8);
            Assert.Equal("ping"u8, connection.Owner.Receive(4));
            connection.SendAll("pong"u8.ToArray());
            Assert.Equal("pong"u8, connection.Peer.ReadData(4).Content);
            connection.CloseAndCheck();
        }
    }

    [Fact]
    public void Without_memory_the_connection_fails()
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, poolBytes: 8192);
        connection.Start();

        connection.Send(new byte[5000]);

        connection.Owner.ExpectFailure(ChannelFailure.NoMemory);
        connection.Owner.Expect(ChannelEventKind.Closed);
    }
}
