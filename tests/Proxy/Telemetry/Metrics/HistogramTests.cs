using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Telemetry.Metrics;

public sealed class HistogramTests
{
    [Fact]
    public void Ranges_follow_one_another_without_a_gap()
    {
        for (var i = 1; i < HistogramBuckets.Count; i++)
            Assert.Equal(HistogramBuckets.LowerBound(i - 1) + HistogramBuckets.Width(i - 1), HistogramBuckets.LowerBound(i));
        Assert.Equal(0, HistogramBuckets.LowerBound(0));
        const int Last = HistogramBuckets.Count - 1;
        Assert.Equal(HistogramBuckets.Largest + 1, HistogramBuckets.LowerBound(Last) + HistogramBuckets.Width(Last));
    }

    [Fact]
    public void Both_ends_of_a_range_are_in_it()
    {
        for (var i = 0; i < HistogramBuckets.Count; i++)
        {
            var lower = HistogramBuckets.LowerBound(i);
            Assert.Equal((i, i), (HistogramBuckets.IndexOf(lower), HistogramBuckets.IndexOf(lower + HistogramBuckets.Width(i) - 1)));
        }
    }

    [Fact]
    public void A_range_is_at_most_a_sixteenth_of_its_lower_bound_wide_and_small_numbers_are_exact()
    {
        for (var i = 0; i < HistogramBuckets.Count; i++)
        {
            var lower = HistogramBuckets.LowerBound(i);
            Assert.True(HistogramBuckets.Width(i) <= Math.Max(1, lower / 16), $"{lower} begins a range of {HistogramBuckets.Width(i)}");
        }
    }

    [Theory]
    [InlineData(long.MinValue, 0)]
    [InlineData(-1, 0)]
    [InlineData(long.MaxValue, HistogramBuckets.Count - 1)]
    public void A_value_beyond_either_end_falls_into_the_range_there(long value, int index) =>
        Assert.Equal(index, HistogramBuckets.IndexOf(value));

    [Fact]
    public void A_percentile_is_a_32nd_of_the_value_away_at_most()
    {
        var random = new Random(20);
        var values = Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 28)).Order().ToArray();
        var histogram = new LatencyHistogram();
        foreach (var value in values.Reverse())
            histogram.Record(value);

        var snapshot = HistogramSnapshot.Merge(histogram);

        Assert.Equal((values.Length, values.Sum()), (snapshot.Count, snapshot.Sum));
        foreach (var percent in new[] { 0.01, 1, 25, 50, 90, 99, 99.9, 100 })
        {
            var exact = values[(int)Math.Ceiling(percent / 100 * values.Length) - 1];
            Assert.InRange(snapshot.Percentile(percent), exact - (exact / 32.0), exact + (exact / 32.0));
        }
    }

    [Fact]
    public void Workers_merged_are_as_one_that_has_recorded_all()
    {
        var (first, second, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        foreach (var value in new long[] { 0, 5, 31, 32, 1_000, 1_000_000, 5_000_000_000 })
        {
            first.Record(value);
            second.Record(3 * value);
            both.Record(value);
            both.Record(3 * value);
        }

        var (merged, whole) = (HistogramSnapshot.Merge(first, second), HistogramSnapshot.Merge(both));

        Assert.Equal(whole.Counts.ToArray(), merged.Counts.ToArray());
        Assert.Equal((whole.Count, whole.Sum, whole.Percentile(50)), (merged.Count, merged.Sum, merged.Percentile(50)));
    }

    [Fact]
    public void Without_values_each_percentile_is_0() => Assert.Equal(0, HistogramSnapshot.Merge().Percentile(99));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.1)]
    public void A_percentile_is_of_a_hundred(double percent) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => HistogramSnapshot.Merge().Percentile(percent));

    [Fact]
    public void Recording_allocates_nothing()
    {
        var latencies = new WorkerLatencies();

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var value = 1L; value > 0; value <<= 1)
                latencies.Response.Record(value);
        }));
    }
}
