using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>An owner that sends no more while its peer still does: close_notify leaves once, and the channel receives on.</summary>
public sealed class EndSendTests
{
    private static readonly byte[] s_keyUpdateRequest = [24, 0, 0, 1, 1];

    // A record of TLS 1.3 with an alert in it.
    private const int AlertBytes = 24;

    [Fact]
    public void The_end_is_told_and_the_channel_stays_open()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Channel.EndSend();

        Assert.Equal((1, AlertBytes), (scene.Sends, scene.LastSend.Memory.Length));
        scene.CompleteSend(AlertBytes);
        Assert.True(scene.Channel.IsOpen);
        // Of a control record, the owner isn't told that it has left.
        Assert.Equal(0, scene.Sent);
    }

    [Fact]
    public void The_end_is_told_once()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Channel.EndSend();
        scene.CompleteSend(AlertBytes);
        scene.Channel.EndSend();
        scene.Channel.Close();

        Assert.Equal((1, null), (scene.Sends, scene.Failure));
    }

    [Fact]
    public void The_end_follows_a_control_record_under_way()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Receive(ContentType.Handshake, s_keyUpdateRequest);
        Assert.Equal(1, scene.Sends);
        scene.Channel.EndSend();
        Assert.Equal(1, scene.Sends);

        scene.CompleteSend(scene.LastSend.Memory.Length);
        Assert.Equal((2, AlertBytes), (scene.Sends, scene.LastSend.Memory.Length));
        scene.CompleteSend(AlertBytes);
        Assert.True(scene.Channel.IsOpen);
    }

    [Fact]
    public void A_key_update_of_the_peer_is_followed_and_not_answered_behind_the_end()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Channel.EndSend();
        scene.CompleteSend(AlertBytes);
        scene.ReceiveKeyUpdate(requested: true);

        Assert.Equal((1, null), (scene.Sends, scene.Failure));
        Assert.True(scene.Channel.IsOpen);
    }

    [Fact]
    public void Nothing_is_sent_behind_the_end()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Channel.EndSend();
        scene.CompleteSend(AlertBytes);

        Assert.Throws<InvalidOperationException>(() => scene.Send("more"));
    }

    [Fact]
    public void The_end_waits_for_no_send_of_the_owners()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Send("hello");

        Assert.Throws<InvalidOperationException>(scene.Channel.EndSend);
    }
}
