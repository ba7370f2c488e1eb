using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Sends that a signal has interrupted before their first byte.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData(KtlsMode.Off, Errno.EINTR)]
    [InlineData(KtlsMode.Off, Errno.EAGAIN)]
    [InlineData(KtlsMode.Transmit, Errno.EINTR)]
    [InlineData(KtlsMode.Transmit, Errno.EAGAIN)]
    public void Data_is_sent_again(KtlsMode mode, Errno error)
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, mode);
        scene.Send("hello");
        var memory = scene.LastSend.Memory;
        scene.FailSend(error);
        Assert.Equal((2, memory), (scene.Sends, scene.LastSend.Memory));
        Assert.Equal((0, null), (scene.Sent, scene.Failure));
        scene.CompleteSend(memory.Length);
        Assert.Equal((2, 1), (scene.Sends, scene.Sent));
    }

    [Fact]
    public void A_record_that_the_kernel_makes_of_an_alert_is_sent_again()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Transmit);
        scene.Channel.Close();
        Assert.Equal("21: 1 0", scene.LastControl);
        scene.FailSend(Errno.EINTR);
        Assert.Equal(2, scene.Sends);
        Assert.Equal("21: 1 0", scene.LastControl);
    }

    [Fact]
    public void Other_errors_end_the_stream()
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        scene.Send("hello");
        scene.FailSend(Errno.EPIPE);
        Assert.Equal((1, ChannelFailure.SendFailed), (scene.Sends, scene.Failure));
    }
}
