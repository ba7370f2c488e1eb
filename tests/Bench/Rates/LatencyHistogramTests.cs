using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Tests.Rates;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.999, 100)]
    [InlineData(1, 100)]
    [InlineData(0, 1)]
    public void Percentiles_are_the_nearest_rank(double share, long expected)
    {
        var histogram = new LatencyHistogram();
        foreach (var value in Enumerable.Range(1, 100))
            histogram.Record(value);

        // Buckets are one wide below 128.
        Assert.Equal(expected, histogram.Percentile(share));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(1_234_567)]
    [InlineData(30_000_000_000)]
    [InlineData(long.MaxValue)]
    public void A_value_is_known_to_a_64th_part(long value)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        histogram.Record(long.MaxValue);

        var found = histogram.Percentile(0.5);

        Assert.InRange(found - value, 0, value / 64);
    }

    [Fact]
    public void Histograms_add_up()
    {
        var (one, other) = (new LatencyHistogram(), new LatencyHistogram());
        one.Record(5);
        other.Record(1000);
        other.Record(-1);

        one.Add(other);

        Assert.Equal((3, 1000, 0, 5), (one.Count, one.Highest, one.Percentile(0.1), one.Percentile(0.5)));
    }

    [Fact]
    public void Nothing_has_no_percentile() => Assert.Throws<InvalidOperationException>(() => new LatencyHistogram().Percentile(0.5));
}
