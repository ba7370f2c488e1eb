using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Records without data over time, where the test moves the clock.</summary>
public sealed class ControlFloodTests
{
    [Theory]
    [InlineData(KtlsMode.Off)]
    [InlineData(KtlsMode.Transmit)]
    public void Forty_key_updates_over_ten_seconds_of_a_download_are_followed(KtlsMode mode)
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, mode);
        scene.Send(1 << 20);
        for (var i = 0; i < 40; i++)
        {
            scene.Wait(TimeSpan.FromMilliseconds(250));
            scene.ReceiveKeyUpdate(requested: false);
        }

        Assert.Null(scene.Failure);
        Assert.Equal(40, scene.Counters.Records.KeyUpdates);
    }

    [Theory]
    [InlineData(KtlsMode.Off)]
    [InlineData(KtlsMode.Transmit)]
    public void Five_thousand_key_updates_within_a_second_are_followed_while_the_download_goes_on(KtlsMode mode)
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, mode);
        for (var i = 0; i < 5000; i++)
        {
            if (i % ControlCredit.Maximum == 0)
            {
                scene.Send(1 << 20);
                scene.TakeSend();
            }

            scene.ReceiveKeyUpdate(requested: false);
        }

        Assert.Null(scene.Failure);
    }

    [Theory]
    [InlineData(KtlsMode.Off)]
    [InlineData(KtlsMode.Transmit)]
    public void Five_thousand_key_updates_within_a_second_without_progress_end_in_an_alert(KtlsMode mode)
    {
        using var scene = new ScriptedChannel(CipherSuite.Aes128GcmSha256, mode);
        for (var i = 0; i < 5000 && scene.Failure is null; i++)
        {
            scene.Wait(TimeSpan.FromMilliseconds(0.2));
            scene.ReceiveKeyUpdate(requested: false);
        }

        Assert.Equal(ChannelFailure.BadRecord, scene.Failure);
        // Time has been worth no record yet when the credit is used up.
        Assert.Equal(ControlCredit.Maximum, scene.Counters.Records.KeyUpdates);
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256, 21, new byte[] { 1, 90 })]
    [InlineData(CipherSuite.Aes128GcmSha256, 21, new byte[] { 2, 90 })]
    [InlineData(CipherSuite.Aes128GcmSha256, 23, new byte[0])]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm, 21, new byte[] { 1, 90 })]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm, 21, new byte[] { 1, 41 })]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm, 23, new byte[0])]
    public void Every_kind_of_record_without_data_takes_from_the_credit(CipherSuite suite, int type, byte[] content)
    {
        using var scene = new ScriptedChannel(suite, KtlsMode.Off);
        for (var i = 0; i < ControlCredit.Maximum; i++)
            scene.Receive((ContentType)type, content);
        Assert.Null(scene.Failure);
        scene.Wait(ControlCredit.Time);
        scene.Receive((ContentType)type, content);
        Assert.Null(scene.Failure);

        scene.Receive((ContentType)type, content);

        Assert.Equal(ChannelFailure.BadRecord, scene.Failure);
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm)]
    public void A_change_cipher_spec_after_the_handshake_ends_in_an_alert_at_once(CipherSuite suite)
    {
        using var scene = new ScriptedChannel(suite, KtlsMode.Off);
        scene.Receive(ContentType.ChangeCipherSpec, [1]);
        Assert.Equal(ChannelFailure.BadRecord, scene.Failure);
    }
}
