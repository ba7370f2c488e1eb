using TlsProxy.Handshake.Keys;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A ring that sends without copying does so on plaintext connections alone.</summary>
public sealed class CopiedSendTests
{
    // The memory of records made in user space is wanted for the next records before the peer has these, and the kernel's TLS refuses.
    [Theory]
    [InlineData(KtlsMode.Off)]
    [InlineData(KtlsMode.Transmit)]
    public void Records_are_sent_with_a_copy_whoever_makes_them(KtlsMode mode)
    {
        using var channel = new ScriptedChannel(CipherSuite.Aes128GcmSha256, mode);
        channel.Send("hello");
        Assert.Equal(mode == KtlsMode.Transmit, channel.Channel.KernelTransmits);
        Assert.True(channel.LastSend.MustCopy);
    }
}
