using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Hand-overs that the kernel refuses where its TLS is required.</summary>
public sealed class RefusedHandOverTests
{
    [Fact]
    public void A_peer_that_has_ended_its_side_is_answered_from_user_space()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Both, requireKtls: true, optionAnswer: Errno.ENOTCONN);
        scene.Send("hello");
        scene.CompleteSend(scene.LastSend.Memory.Length);

        Assert.Equal((1, null), (scene.Sent, scene.Failure));
        Assert.Equal("none:peer_ended", scene.Channel.Verdict.Text);
        Assert.Equal(1, scene.Counters.Because(KtlsReason.PeerEnded));
        Assert.Empty(scene.Counters.Refusals);
    }

    [Theory]
    [InlineData(Errno.ENOENT)]
    [InlineData(Errno.EINVAL)]
    public void Every_other_refusal_ends_the_connection(Errno error)
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Both, requireKtls: true, optionAnswer: error);

        Assert.Equal(ChannelFailure.HandOverRefused, scene.Failure);
        Assert.Equal([new(error, 1)], scene.Counters.Refusals);
    }
}
