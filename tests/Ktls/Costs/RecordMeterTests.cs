using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Costs;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Tests.Kernel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Costs;

public sealed class RecordMeterTests
{
    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.Aes256GcmSha384)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256)]
    [InlineData(CipherSuite.EcdheRsaAes128Gcm)]
    public void Responses_of_all_sizes_are_sent_without_a_receiver_of_their_own(CipherSuite suite)
    {
        using var memory = MeterMemory.TryCreate(CostProbe.Sizes[^1])!;
        using var meter = RecordMeter.TryCreate(memory, suite, inKernel: false)!;

        foreach (var bytes in CostProbe.Sizes.Concat(CostProbe.Sizes))
            Assert.True(meter.TrySend(bytes, () => false) > 0);
    }

    [Fact]
    public void A_response_that_time_ends_is_no_sample_and_the_last_of_its_connection()
    {
        using var memory = MeterMemory.TryCreate(CostProbe.Sizes[^1])!;
        using var meter = RecordMeter.TryCreate(memory, CipherSuite.Aes128GcmSha256, inKernel: false)!;

        Assert.Null(meter.TrySend(CostProbe.Sizes[^1], () => true));
        Assert.Null(meter.TrySend(CostProbe.Sizes[0], () => false));
    }

    [Fact]
    public void Descriptors_and_memory_are_given_back_whether_or_not_a_response_was_cut()
    {
        var memory = MeterMemory.TryCreate(CostProbe.Sizes[^1])!;
        var pool = memory.Stock.Pool;
        var meter = RecordMeter.TryCreate(memory, CipherSuite.Aes128GcmSha256, inKernel: false)!;
        var (ours, peer) = meter.Descriptors;
        Assert.Null(meter.TrySend(CostProbe.Sizes[^1], () => true));

        meter.Dispose();
        memory.Dispose();

        Assert.Equal(0, pool.RentedSegments);
        Assert.True(ours.IsClosed && peer.IsClosed);
    }

    [Fact]
    public void Without_a_kernel_with_TLS_nothing_is_measured()
    {
        Assert.SkipWhen(RunningKernel.HasTls, "SKIPPED: the running kernel has TLS.");
        using var memory = MeterMemory.TryCreate(1024)!;

        Assert.Null(RecordMeter.TryCreate(memory, CipherSuite.Aes128GcmSha256, inKernel: true));
        var choice = CostProbe.Run(KtlsProbe.Run(), 256 << 10);
        Assert.Empty(choice.Costs);
        Assert.All(Enum.GetValues<Aead>(), aead => Assert.Equal(KtlsReason.Unmeasured, choice.ReasonAgainst(aead)));
    }

    [Fact]
    public void A_kernel_that_refuses_what_it_was_found_able_to_leaves_the_cipher_unmeasured()
    {
        Assert.SkipWhen(RunningKernel.HasTls, "SKIPPED: the running kernel has TLS.");
        var claimed = new KtlsReport(Errno.None, [new(TlsVersion.Tls13, Aead.Aes128Gcm, Errno.None, Errno.None)]);

        Assert.Empty(CostProbe.Run(claimed, 256 << 10).Costs);
    }
}
