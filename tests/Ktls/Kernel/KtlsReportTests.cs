using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Kernel;

public sealed class KtlsReportTests
{
    private static readonly KtlsReport _partial = new(Errno.None, [
        new(TlsVersion.Tls12, Aead.Aes128Gcm, Errno.None, Errno.None),
        new(TlsVersion.Tls12, Aead.ChaCha20Poly1305, Errno.ENOENT, Errno.None),
        new(TlsVersion.Tls13, Aead.Aes128Gcm, Errno.EINVAL, Errno.EINVAL),
    ]);

    [Theory]
    [InlineData(TlsVersion.Tls12, Aead.Aes128Gcm, KtlsReason.None)]
    [InlineData(TlsVersion.Tls12, Aead.ChaCha20Poly1305, KtlsReason.Cipher)]
    [InlineData(TlsVersion.Tls12, Aead.Aes256Gcm, KtlsReason.Cipher)]
    [InlineData(TlsVersion.Tls13, Aead.Aes128Gcm, KtlsReason.Version)]
    public void The_reason_against_the_kernel_names_what_it_lacks(TlsVersion version, Aead aead, KtlsReason reason)
    {
        Assert.Equal(reason, _partial.ReasonAgainst(version, aead));
        Assert.Equal(KtlsReason.NoModule, (_partial with { Module = Errno.ENOENT }).ReasonAgainst(version, aead));
    }

    [Fact]
    public void The_first_refusal_is_of_a_direction_that_is_asked_for()
    {
        var receiveless = new KtlsReport(Errno.None, [new(TlsVersion.Tls13, Aead.Aes128Gcm, Errno.None, Errno.EINVAL)]);

        Assert.Equal(Errno.ENOENT, _partial.FirstRefusal(KtlsMode.Transmit));
        Assert.Equal(Errno.None, _partial.FirstRefusal(KtlsMode.Off));
        Assert.Equal(Errno.None, receiveless.FirstRefusal(KtlsMode.Transmit));
        Assert.Equal(Errno.EINVAL, receiveless.FirstRefusal(KtlsMode.Both));
    }

    [Fact]
    public void A_verdict_reads_as_logs_have_it()
    {
        Assert.Equal("tx+rx", new KtlsVerdict(KtlsMode.Both, KtlsReason.None, Errno.None).Text);
        Assert.Equal("tx", new KtlsVerdict(KtlsMode.Transmit, KtlsReason.None, Errno.None).Text);
        Assert.Equal("none:off", new KtlsVerdict(KtlsMode.Off, KtlsReason.Off, Errno.None).Text);
        Assert.Equal("none:no_module", new KtlsVerdict(KtlsMode.Off, KtlsReason.NoModule, Errno.None).Text);
        Assert.Equal("none:version", new KtlsVerdict(KtlsMode.Off, KtlsReason.Version, Errno.None).Text);
        Assert.Equal("none:cipher", new KtlsVerdict(KtlsMode.Off, KtlsReason.Cipher, Errno.None).Text);
        Assert.Equal("none:dearer", new KtlsVerdict(KtlsMode.Off, KtlsReason.Dearer, Errno.None).Text);
        Assert.Equal("none:unmeasured", new KtlsVerdict(KtlsMode.Off, KtlsReason.Unmeasured, Errno.None).Text);
        Assert.Equal("none:EBUSY", new KtlsVerdict(KtlsMode.Off, KtlsReason.Refused, Errno.EBUSY).Text);
    }

    [Fact]
    public void The_kernels_driver_is_the_one_of_the_highest_priority()
    {
        string[] crypto =
        [
            "name         : gcm(aes)", "driver       : gcm_base(ctr(aes-generic),ghash-generic)", "priority     : 100", "",
            "name         : gcm(aes)", "driver       : generic-gcm-aesni", "module       : aesni_intel", "priority     : 400", "",
            "name         : rfc4106(gcm(aes))", "driver       : rfc4106-gcm-aesni", "priority     : 900", "",
        ];

        Assert.Equal("generic-gcm-aesni", AesGcmDriver.Find(crypto));
        Assert.Null(AesGcmDriver.Find(crypto[8..]));
    }
}
