using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Costs;
using TlsProxy.Ktls.Kernel;

namespace TlsProxy.Ktls.Tests.Kernel;

[Trait("Kernel", "tls")]
public sealed class CostProbeTests
{
    public CostProbeTests() => RunningKernel.SkipWithoutTls();

    [Fact]
    public void The_choice_rests_on_what_was_measured()
    {
        var choice = CostProbe.Run(KtlsProbe.Run(), 256 << 10, new StandingTime());

        Assert.Equal(Enum.GetValues<Aead>(), choice.Costs.Select(costs => costs.Aead));
        foreach (var costs in choice.Costs)
        {
            Assert.Equal(TlsVersion.Tls13, costs.Version);
            Assert.Equal(CostProbe.Sizes, costs.Sizes.Select(cost => cost.Bytes));
            Assert.All(costs.Sizes, cost => Assert.True(cost is { KernelMicroseconds: > 0, UserSpaceMicroseconds: > 0 }));
            Assert.Equal(costs.Sizes[^1].Ratio < 1 ? KtlsReason.None : KtlsReason.Dearer, choice.ReasonAgainst(costs.Aead));
            TestContext.Current.SendDiagnosticMessage($"{costs.Aead}: {string.Join(", ", costs.Sizes)}");
        }
    }

    [Fact]
    public void A_connection_goes_where_the_choice_has_it_go()
    {
        foreach (var (kernel, reason) in new[] { (1.0, KtlsReason.None), (3.0, KtlsReason.Dearer) })
        {
            var choice = new RecordChoice(
                [new(TlsVersion.Tls13, Aead.Aes128Gcm, [new(1024, kernel, 2)])], 1024, TimeSpan.Zero);
            using var connection = new Channel.TestConnection(
                CipherSuite.Aes128GcmSha256, new ChannelOptions
                {
                    Offload = new OffloadPolicy { Mode = KtlsMode.Transmit, Support = KtlsProbe.Run(), Choice = choice },
                });

            connection.Start();

            Assert.Equal(reason == KtlsReason.None, connection.Do(() => connection.Channel.KernelTransmits));
            Assert.Equal(reason == KtlsReason.None ? "tx" : "none:dearer", connection.Do(() => connection.Channel.Verdict.Text));
            Assert.Equal(reason == KtlsReason.None ? 1 : 0, connection.Counters.Transmit);
            Assert.Equal(reason == KtlsReason.None ? 0 : 1, connection.Counters.Because(KtlsReason.Dearer));
            connection.CloseAndCheck();
        }
    }

    /// <summary>Measures all rounds, however slow the machine.</summary>
    private sealed class StandingTime : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
