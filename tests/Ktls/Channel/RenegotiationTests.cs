using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

public sealed class RenegotiationTests
{
    private static readonly byte[] _hello = [1, 0, 0, 6, 3, 3, 1, 2, 3, 4];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(10)]
    public void A_client_that_asks_for_it_is_refused_and_goes_on(int piece)
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm);
        connection.Start();
        for (var i = 0; i < 2; i++)
        {
            foreach (var part in _hello.Chunk(piece))
                connection.Peer.Send(ContentType.Handshake, part);

            connection.Peer.ReadAlert([1, 100]);
            connection.Peer.Send(ContentType.ApplicationData, "data"u8);
            Assert.Equal("data"u8, connection.Owner.Receive(4));
        }

        connection.SendAll("answer"u8.ToArray());
        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        Assert.Equal(2, connection.Counters.Records.RenegotiationsRefused);
        connection.CloseAndCheck();
    }

    [Fact]
    public void The_refusal_comes_after_the_send_under_way()
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm, sendBufferBytes: 8192, receiveBufferBytes: 8192);
        connection.Start();
        connection.Send(new byte[1 << 20]);
        connection.Peer.Send(ContentType.Handshake, _hello);
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);
        Assert.Equal("data"u8, connection.Owner.Receive(4));

        Assert.Equal(new byte[1 << 20], connection.Peer.ReadData(1 << 20).Content);

        connection.Peer.ReadAlert([1, 100]);
        connection.Owner.Expect(ChannelEventKind.Sent);
        connection.CloseAndCheck();
    }

    [Fact]
    public void Asking_again_and_again_without_data_ends_the_connection()
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm);
        connection.Start();

        connection.Peer.Flood(ContentType.Handshake, _hello);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        (ContentType Type, byte[] Content) record;
        do
            record = connection.Peer.Read();
        while (record.Content is [1, 100]);
        Assert.Equal(ContentType.Alert, record.Type);
        Assert.Equal([2, (byte)TlsAlert.UnexpectedMessage], record.Content);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 2, 3, 3, 3 })]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 16, 0, 0, 0 })]
    [InlineData(new byte[0])]
    public void Other_messages_end_the_connection(byte[] message)
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, message);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.UnexpectedMessage]);
    }

    [Fact]
    public void Data_within_the_wish_ends_the_connection()
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm);
        connection.Start();

        connection.Peer.Send(ContentType.Handshake, _hello.AsSpan(0, 6));
        connection.Peer.Send(ContentType.ApplicationData, "data"u8);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.UnexpectedMessage]);
    }
}
