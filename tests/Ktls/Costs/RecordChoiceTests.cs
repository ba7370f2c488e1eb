using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Costs;

namespace TlsProxy.Ktls.Tests.Costs;

public sealed class RecordChoiceTests
{
    // Kernel and user space at 1, 16 and 256 KiB: the kernel is dearer up to 16 KiB, and cheaper at 256.
    private static readonly SuiteCosts s_crossing = Costs((12, 8), (30, 24), (200, 250));

    [Theory]
    [InlineData(1, KtlsReason.Dearer)]
    [InlineData(1 << 10, KtlsReason.Dearer)]
    [InlineData(16 << 10, KtlsReason.Dearer)]
    [InlineData(40 << 10, KtlsReason.Dearer)]
    [InlineData(80 << 10, KtlsReason.None)]
    [InlineData(256 << 10, KtlsReason.None)]
    [InlineData(1 << 30, KtlsReason.None)]
    [InlineData(0, KtlsReason.None)]
    public void The_kernel_makes_the_records_where_it_is_cheaper_for_responses_of_the_threshold(long threshold, KtlsReason reason) =>
        Assert.Equal(reason, Choose(threshold, s_crossing).ReasonAgainst(Aead.Aes128Gcm));

    [Fact]
    public void Ciphers_are_chosen_for_one_by_one()
    {
        var choice = Choose(256 << 10, s_crossing, Costs((1, 1), (1, 1), (3, 2)) with { Aead = Aead.Aes256Gcm });

        Assert.Equal(KtlsReason.None, choice.ReasonAgainst(Aead.Aes128Gcm));
        Assert.Equal(KtlsReason.Dearer, choice.ReasonAgainst(Aead.Aes256Gcm));
        Assert.Equal(KtlsReason.Unmeasured, choice.ReasonAgainst(Aead.ChaCha20Poly1305));
    }

    [Fact]
    public void Equal_costs_leave_records_in_user_space() =>
        Assert.Equal(KtlsReason.Dearer, Choose(1024, Costs((5, 5), (6, 6), (7, 7))).ReasonAgainst(Aead.Aes128Gcm));

    [Theory]
    [InlineData(1 << 10, KtlsReason.None)]
    [InlineData(2 << 10, KtlsReason.Unmeasured)]
    [InlineData(16 << 10, KtlsReason.Unmeasured)]
    [InlineData(100 << 10, KtlsReason.Unmeasured)]
    [InlineData(256 << 10, KtlsReason.None)]
    public void A_size_without_figures_leaves_what_rests_on_it_in_user_space(long threshold, KtlsReason reason)
    {
        var costs = new SuiteCosts(TlsVersion.Tls13, Aead.Aes128Gcm, [new(1 << 10, 1, 2), new(16 << 10, null, 4), new(256 << 10, 7, 8)]);

        Assert.Equal(reason, Choose(threshold, costs).ReasonAgainst(Aead.Aes128Gcm));
    }

    [Fact]
    public void A_ratio_between_two_sizes_lies_on_the_lines_between_their_costs()
    {
        Assert.Equal(1.5, s_crossing.RatioAt(1 << 10));
        Assert.Equal((12 + 30) / (8.0 + 24), s_crossing.RatioAt((1 + 16) << 9));
        Assert.Equal(0.8, s_crossing.RatioAt(1 << 20));
        Assert.Null(new SuiteCosts(TlsVersion.Tls13, Aead.Aes128Gcm, []).RatioAt(1024));
    }

    private static RecordChoice Choose(long threshold, params SuiteCosts[] costs) => new(costs, threshold, TimeSpan.Zero);

    private static SuiteCosts Costs(
        (double Kernel, double User) small, (double Kernel, double User) middle, (double Kernel, double User) large) =>
        new(TlsVersion.Tls13, Aead.Aes128Gcm,
        [
            new(1 << 10, small.Kernel, small.User), new(16 << 10, middle.Kernel, middle.User), new(256 << 10, large.Kernel, large.User),
        ]);
}
