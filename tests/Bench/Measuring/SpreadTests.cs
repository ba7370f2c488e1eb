using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Tests.Measuring;

public sealed class SpreadTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0, 3.0, 3.0)]
    [InlineData(new[] { 4.0, 1.0 }, 2.5, 1.0, 4.0)]
    [InlineData(new[] { 9.0, 1.0, 2.0 }, 2.0, 1.0, 9.0)]
    [InlineData(new[] { 5.0, 1.0, 100.0, 2.0 }, 3.5, 1.0, 100.0)]
    public void A_spread_has_the_median_and_the_range(double[] values, double median, double lowest, double highest) =>
        Assert.Equal(new Spread(median, lowest, highest, values.Length), Spread.Of(values));

    [Fact]
    public void Nothing_has_no_spread() => Assert.Null(Spread.Of([]));

    [Fact]
    public void The_half_width_is_half_the_range_by_the_median() => Assert.Equal(0.25, Spread.Of([6.0, 8.0, 10.0])!.HalfWidth, 9);

    [Fact]
    public void Ratios_pair_the_figures_of_one_round_and_leave_out_rounds_that_lack_one() =>
        Assert.Equal(new Spread(2.5, 2, 3, 2), Spread.OfRatios([2.0, null, 9.0, 8.0], [1.0, 5.0, 3.0, null]));

    [Fact]
    public void The_median_of_ratios_is_not_the_ratio_of_medians() =>
        Assert.Equal(0.5, Spread.OfRatios([1.0, 10.0, 50.0], [2.0, 20.0, 10.0])!.Median);
}
