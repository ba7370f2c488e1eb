using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>What a server may send to its client behind the handshake, and what it may not.</summary>
public sealed class ServerMessageTests : IDisposable
{
    private static readonly byte[] s_keyUpdate = [24, 0, 0, 1, 0];

    private readonly TestConnection _connection = new(CipherSuite.Aes128GcmSha256, role: HandshakeRole.Client);

    public void Dispose() => _connection.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(300)]
    public void Tickets_may_be_cut_over_records_and_share_them(int piece)
    {
        _connection.Start();
        byte[] first = Ticket(50), second = Ticket(3), third = Ticket(0);

        foreach (var part in ((byte[])[.. first, .. second, .. third]).Chunk(Math.Max(piece, 4)))
            _connection.Peer.Send(ContentType.Handshake, part);
        foreach (var part in Ticket(9).Chunk(piece))
            _connection.Peer.Send(ContentType.Handshake, part);

        SendData("answer");
        Assert.Equal([first, second, third, Ticket(9)], _connection.Owner.Tickets);
        _connection.CloseAndCheck();
    }

    [Fact]
    public void A_key_update_may_follow_a_ticket_in_its_record()
    {
        _connection.Start();
        _connection.Peer.Send(ContentType.Handshake, [.. Ticket(40), .. s_keyUpdate]);
        _connection.Peer.UpdateSealing();
        SendData("answer");
        Assert.Single(_connection.Owner.Tickets);
        _connection.CloseAndCheck();
    }

    [Fact]
    public void A_ticket_that_is_too_long_is_skipped()
    {
        _connection.Start();
        var longer = Ticket(TicketReader.Maximum - 3);
        foreach (var part in longer.Chunk(16_000))
            _connection.Peer.Send(ContentType.Handshake, part);
        var longest = Ticket(TicketReader.Maximum - 4);
        foreach (var part in longest.Chunk(16_000))
            _connection.Peer.Send(ContentType.Handshake, part);
        SendData("answer");
        Assert.Equal([longest], _connection.Owner.Tickets);
        _connection.CloseAndCheck();
    }

    [Fact]
    public void Nothing_else_may_stand_between_the_parts_of_a_ticket()
    {
        foreach (var (type, content) in ((ContentType, byte[])[])[(ContentType.ApplicationData, [1]), (ContentType.ApplicationData, [])])
        {
            _connection.Start();
            _connection.Peer.Send(ContentType.Handshake, Ticket(40).AsSpan(0, 20));
            _connection.Peer.Send(type, content);
            _connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
            _connection.Peer.ReadAlert([2, (byte)TlsAlert.UnexpectedMessage]);
            _connection.Owner.Expect(ChannelEventKind.Closed);
            _connection.Connect();
        }
    }

    [Theory]
    [InlineData(HandshakeRole.Server, new byte[] { 4, 0, 0, 0 })]
    [InlineData(HandshakeRole.Client, new byte[] { 13, 0, 0, 0 })]
    [InlineData(HandshakeRole.Client, new byte[] { 0, 0, 0, 0 })]
    [InlineData(HandshakeRole.Client, new byte[] { })]
    public void A_message_that_has_no_place_ends_the_connection(HandshakeRole role, byte[] message)
    {
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, role: role);
        connection.Start();
        connection.Peer.Send(ContentType.Handshake, message);
        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.UnexpectedMessage]);
    }

    [Fact]
    public void Tickets_without_end_end_the_connection()
    {
        _connection.Start();
        _connection.Peer.Flood(ContentType.Handshake, Ticket(20));
        _connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_server_of_TLS_1_2_that_asks_for_another_handshake_is_refused_and_goes_on(int piece)
    {
        using var connection = new TestConnection(CipherSuite.EcdheRsaAes128Gcm, role: HandshakeRole.Client);
        connection.Start();
        foreach (var part in ((byte[])[0, 0, 0, 0]).Chunk(piece))
            connection.Peer.Send(ContentType.Handshake, part);
        connection.Peer.ReadAlert([1, 100]);
        connection.Peer.Send(ContentType.ApplicationData, "answer"u8);
        Assert.Equal("answer"u8, connection.Owner.Receive(6));
        Assert.Equal(1, connection.Counters.Records.RenegotiationsRefused);

        // A request has no content (RFC 5246, section 7.4.1.1); and a client gets no hello of one.
        connection.Peer.Send(ContentType.Handshake, [0, 0, 0, 1, 9]);
        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.DecodeError]);
    }

    private static byte[] Ticket(int length) => [4, 0, (byte)(length >> 8), (byte)length, .. Enumerable.Repeat((byte)length, length)];

    private void SendData(string text)
    {
        _connection.Peer.Send(ContentType.ApplicationData, System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Equal(System.Text.Encoding.ASCII.GetBytes(text), _connection.Owner.Receive(text.Length));
    }
}
