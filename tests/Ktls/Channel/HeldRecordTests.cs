using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Records that a handshake has left to be sent, such as its tickets.</summary>
public sealed class HeldRecordTests
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;
    private static readonly byte[] s_held = [.. Enumerable.Range(1, 250).Select(i => (byte)i)];
    private static readonly byte[] s_keyUpdateRequest = [24, 0, 0, 1, 1];

    [Fact]
    public void They_leave_in_the_segment_of_the_first_data()
    {
        using var scene = Hold();
        Assert.Equal(0, scene.Sends);

        scene.Send("hello");

        Assert.Equal(1, scene.Sends);
        CheckBegin(scene, length: s_held.Length + RecordFormat.HeaderLength + 5 + 1 + 16);
        scene.CompleteSend(scene.LastSend.Memory.Length);
        scene.Wait(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 1), (scene.Sent, scene.Sends));
    }

    [Fact]
    public void They_leave_once()
    {
        using var scene = Hold();
        scene.Send("hello");
        var first = scene.LastSend.Memory.Length;
        scene.CompleteSend(first);

        scene.Send("hello");

        Assert.Equal(first - s_held.Length, scene.LastSend.Memory.Length);
    }

    [Fact]
    public void They_leave_soon_when_nothing_else_does()
    {
        using var scene = Hold();
        scene.Wait(TimeSpan.FromMilliseconds(9));
        Assert.Equal(0, scene.Sends);

        scene.Wait(TimeSpan.FromMilliseconds(1));

        CheckBegin(scene, s_held.Length);
        // Data waits for them, and nobody is told that what it didn't send has been sent.
        scene.Send("hello");
        Assert.Equal(1, scene.Sends);
        scene.CompleteSend(s_held.Length);
        Assert.Equal((0, 2), (scene.Sent, scene.Sends));
        scene.CompleteSend(scene.LastSend.Memory.Length);
        Assert.Equal(1, scene.Sent);
    }

    [Fact]
    public void A_short_send_within_them_goes_on()
    {
        using var scene = Hold();
        scene.Wait(TimeSpan.FromSeconds(1));
        scene.CompleteSend(100);

        Assert.Equal(2, scene.Sends);
        Assert.Equal(s_held.AsSpan(100), scene.LastSend.Memory.Span);
    }

    [Fact]
    public void A_key_update_follows_them()
    {
        using var scene = Hold();
        scene.Receive(ContentType.Handshake, s_keyUpdateRequest);

        Assert.Equal(1, scene.Sends);
        CheckBegin(scene, s_held.Length + RecordFormat.HeaderLength + 5 + 1 + 16);
    }

    [Fact]
    public void An_alert_follows_them()
    {
        using var scene = Hold();
        // A message of the handshake that nobody may send after it.
        scene.Receive(ContentType.Handshake, [1, 0, 0, 0]);

        Assert.Equal((1, ChannelFailure.BadRecord), (scene.Sends, scene.Failure));
        CheckBegin(scene, s_held.Length + RecordFormat.HeaderLength + 2 + 1 + 16);
    }

    [Fact]
    public void An_abort_drops_them()
    {
        using var scene = Hold();
        scene.Channel.Abort();
        scene.Wait(TimeSpan.FromSeconds(1));

        Assert.Equal(0, scene.Sends);
    }

    [Theory]
    [InlineData(KtlsMode.Transmit)]
    [InlineData(KtlsMode.Both)]
    public void There_are_none_where_the_kernel_may_take_the_keys(KtlsMode mode) =>
        Assert.Throws<ArgumentException>(() => new ScriptedChannel(Suite, mode, unsent: s_held));

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.Aes256GcmSha384)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256)]
    public void A_peer_reads_them_before_all_else(CipherSuite suite)
    {
        using var connection = new TestConnection(suite);
        connection.StartHolding(ContentType.Handshake, "ticket"u8);
        connection.SendAll("data"u8.ToArray());

        CheckTicket(connection);
        Assert.Equal("data"u8, connection.Peer.ReadData(4).Content);
        connection.CloseAndCheck();
    }

    [Fact]
    public void A_peer_that_is_told_nothing_reads_them_nevertheless()
    {
        using var connection = new TestConnection(Suite);
        connection.StartHolding(ContentType.Handshake, "ticket"u8);

        CheckTicket(connection);
        connection.CloseAndCheck();
    }

    [Fact]
    public void They_leave_before_the_end()
    {
        using var connection = new TestConnection(Suite);
        for (var i = 0; i < 2; i++)
        {
            if (i > 0)
                connection.Connect();
            connection.StartHolding(ContentType.Handshake, "ticket"u8);
            connection.Run(connection.Channel.Close);

            CheckTicket(connection);
            connection.CloseAndCheck();
        }
    }

    [Fact]
    public void Where_there_is_no_memory_for_them_the_connection_fails()
    {
        using var connection = new TestConnection(Suite, poolBytes: 0);
        connection.StartHolding(ContentType.Handshake, "ticket"u8);

        connection.Owner.ExpectFailure(ChannelFailure.NoMemory);
        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }

    private static ScriptedChannel Hold() => new(Suite, KtlsMode.Off, unsent: s_held);

    private static void CheckBegin(ScriptedChannel scene, int length)
    {
        Assert.Equal(length, scene.LastSend.Memory.Length);
        Assert.Equal(s_held, scene.LastSend.Memory.Span[..s_held.Length]);
    }

    private static void CheckTicket(TestConnection connection)
    {
        var (type, content) = connection.Peer.Read();
        Assert.Equal(ContentType.Handshake, type);
        Assert.Equal("ticket"u8, content);
    }
}
