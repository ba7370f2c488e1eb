using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Hand-overs in front of a response, after others were sent in user space.</summary>
public sealed class LateHandOverTests
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;
    private const int Least = 1000;
    private const int Protocol = 6;
    private const int Tls = 282;

    private static readonly byte[] s_held = [.. Enumerable.Range(1, 250).Select(i => (byte)i)];

    private static readonly OffloadPolicy s_late = new() { Mode = KtlsMode.Transmit, ResponseBytesLeast = Least };

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm)]
    public void A_response_worth_it_is_the_first_that_the_kernel_makes_records_of(CipherSuite suite)
    {
        using var scene = Open(s_late, suite);
        for (var i = 0; i < 3; i++)
        {
            Respond(scene, Least - 1);
            Assert.True(scene.LastSend.Memory.Length > Least - 1, "A sealed record is longer than its content.");
            scene.TakeSend();
        }

        Assert.Equal("none:deferred", scene.Channel.Verdict.Text);
        Assert.Empty(scene.Backend.Options);
        var sent = scene.Channel.SentBytes;

        Respond(scene, Least);

        Assert.Equal([(Protocol, 31), (Tls, 1)], scene.Backend.Options);
        Assert.Equal(Least, scene.LastSend.Memory.Length);
        Assert.Equal(sent, scene.Channel.SentBytes);
        scene.TakeSend();
        Assert.Equal(("tx", sent + Least, 4), (scene.Channel.Verdict.Text, scene.Channel.SentBytes, scene.Sent));
        Assert.Equal((1, 0), (scene.Counters.Transmit, scene.Counters.UserSpace));
    }

    [Fact]
    public void A_response_of_unknown_length_stays_in_user_space()
    {
        using var scene = Open(s_late);
        scene.Channel.BeginResponse(null);
        scene.Send(10 * Least);

        Assert.Empty(scene.Backend.Options);
        Assert.Equal("none:deferred", scene.Channel.Verdict.Text);
    }

    [Fact]
    public void What_the_handshake_has_left_to_be_sent_leaves_before()
    {
        using var scene = Open(s_late, unsent: s_held);

        Respond(scene, Least);

        Assert.Equal(s_held, scene.LastSend.Memory.Span);
        Assert.Empty(scene.Backend.Options);
        scene.CompleteSend(s_held.Length);
        Assert.Equal((2, Least), (scene.Backend.Options.Count, scene.LastSend.Memory.Length));
        scene.TakeSend();
        Assert.Equal((1, s_held.Length + Least), (scene.Sent, scene.Channel.SentBytes));
    }

    [Fact]
    public void A_key_update_under_way_leaves_before()
    {
        using var scene = Open(s_late);
        scene.ReceiveKeyUpdate(requested: true);
        var update = scene.LastSend.Memory.Length;

        Respond(scene, Least);

        Assert.Equal(1, scene.Sends);
        Assert.Empty(scene.Backend.Options);
        scene.CompleteSend(update);
        Assert.Equal((2, 2, Least), (scene.Backend.Options.Count, scene.Sends, scene.LastSend.Memory.Length));
    }

    [Theory]
    [InlineData(Errno.ENOENT, "none:ENOENT", KtlsReason.Refused)]
    [InlineData(Errno.ENOTCONN, "none:peer_ended", KtlsReason.PeerEnded)]
    public void A_refusal_is_final_and_costs_no_byte(Errno refusal, string text, KtlsReason reason)
    {
        using var scene = Open(s_late, answer: refusal);
        for (var i = 0; i < 2; i++)
        {
            Respond(scene, Least);
            Assert.True(scene.LastSend.Memory.Length > Least, "The record is sealed.");
            scene.TakeSend();
        }

        Assert.Single(scene.Backend.Options);
        Assert.Equal((text, null), (scene.Channel.Verdict.Text, scene.Failure));
        Assert.Equal((1, 1), (scene.Counters.UserSpace, scene.Counters.Because(reason)));
    }

    [Fact]
    public void Where_the_kernel_is_required_a_late_refusal_ends_the_connection()
    {
        using var scene = Open(s_late with { IsRequired = true }, answer: Errno.ENOENT);
        Respond(scene, Least - 1);
        scene.TakeSend();
        Assert.Null(scene.Failure);

        Respond(scene, Least);

        Assert.Equal((ChannelFailure.HandOverRefused, 1), (scene.Failure, scene.Sends));
    }

    [Fact]
    public void Keys_near_their_limit_are_changed_first()
    {
        var options = new ChannelOptions { Offload = s_late, KeyRecordsMaximum = ChannelOptions.KeyRecordsLeast };
        using var scene = new ScriptedChannel(Suite, default, options: options);
        for (var i = 0; i < ChannelOptions.KeyRecordsLeast * 3 / 4; i++)
        {
            Respond(scene, 1);
            scene.TakeSend();
        }

        Respond(scene, Least);
        Assert.Empty(scene.Backend.Options);
        // The KeyUpdate has left in front of it.
        scene.TakeSend();
        Respond(scene, Least);

        Assert.Equal(2, scene.Backend.Options.Count);
    }

    [Fact]
    public void The_receive_under_way_ends_before_the_kernel_opens_records()
    {
        using var scene = Open(s_late with { Mode = KtlsMode.Both });
        var armed = scene.Backend.Submitted.Single(operation => operation.Kind == OperationKind.ReceiveMultishot);

        Respond(scene, Least);

        Assert.Equal([(Protocol, 31), (Tls, 1)], scene.Backend.Options);
        Assert.Equal([armed], scene.Backend.Cancelled);
        // What had come by then is of user space.
        scene.Receive(ContentType.Alert, [1, 90]);
        Assert.Equal(("tx", 2), (scene.Channel.Verdict.Text, scene.Backend.Options.Count));
        scene.EndReceive(Errno.ECANCELED);
        Assert.Equal((Tls, 2), scene.Backend.Options[^1]);
        Assert.Equal(("tx+rx", 1), (scene.Channel.Verdict.Text, scene.Counters.Receive));
        Assert.Equal(2, scene.Backend.Submitted.Count(operation => operation.Kind == OperationKind.ReceiveMultishot));
    }

    private static ScriptedChannel Open(
        OffloadPolicy policy, CipherSuite suite = Suite, Errno answer = Errno.None, byte[]? unsent = null) =>
        new(suite, default, optionAnswer: answer, unsent: unsent, options: new ChannelOptions { Offload = policy });

    private static void Respond(ScriptedChannel scene, int bytes)
    {
        scene.Channel.BeginResponse(bytes);
        scene.Send(bytes);
    }
}
