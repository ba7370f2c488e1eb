using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A peer asks for new keys where the kernel makes the records, which takes none: the connection ends.</summary>
public sealed class RefusedKeyUpdateTests
{
    private static readonly byte[] s_request = [24, 0, 0, 1, 1];

    [Theory]
    [InlineData(false, "21: 1 0")]
    [InlineData(true, "21: 2 80")]
    public void The_end_looks_like_one_only_between_messages(bool isWithinMessage, string record)
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit) { IsWithinMessage = isWithinMessage };
        scene.Send("the beginning");
        scene.CompleteSend("the beginning".Length);
        scene.Receive(ContentType.Handshake, s_request);
        Assert.Equal(ChannelFailure.RekeyRefused, scene.Failure);
        Assert.Equal(record, scene.LastControl);
    }

    [Fact]
    public void What_is_being_sent_is_ended_at_a_record_and_with_an_error()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        scene.Send("the whole");
        scene.Receive(ContentType.Handshake, s_request);
        scene.CompleteSend("the ".Length);
        Assert.Equal("21: 2 80", scene.LastControl);
        Assert.Equal(2, scene.Sends);
    }
}
