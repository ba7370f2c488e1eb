using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A peer asks for new keys where the kernel makes the records, which takes none: the owner ends the connection behind what it has
/// begun.</summary>
public sealed class RefusedKeyUpdateTests
{
    [Fact]
    public void What_is_being_sent_is_finished_under_the_keys_there_are()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        scene.Send("the whole");
        scene.ReceiveKeyUpdate(requested: true);
        Assert.Equal((1, true, null), (scene.Endings, scene.Channel.IsEnding, scene.Failure));

        scene.CompleteSend("the ".Length);
        scene.CompleteSend("whole".Length);

        Assert.Equal((1, 2), (scene.Sent, scene.Sends));
        scene.Channel.Close();
        Assert.Equal("21: 1 0", scene.LastControl);
    }

    [Fact]
    public void However_often_it_asks_the_owner_is_told_once_and_the_peers_keys_are_followed()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        for (var i = 0; i < 5; i++)
            scene.ReceiveKeyUpdate(requested: true);
        scene.ReceiveKeyUpdate(requested: false);

        Assert.Equal((1, null), (scene.Endings, scene.Failure));
        Assert.Equal((6, 1), (scene.Counters.Records.KeyUpdates, scene.Counters.RekeyRefused));
        Assert.Equal(0, scene.Sends);
    }

    [Fact]
    public void A_change_of_the_peers_own_keys_ends_nothing()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        scene.ReceiveKeyUpdate(requested: false);
        Assert.Equal((0, false, 0), (scene.Endings, scene.Channel.IsEnding, scene.Counters.RekeyRefused));
    }
}
