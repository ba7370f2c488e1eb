using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Report.Charts;
using TlsProxy.Bench.Load.Report.Html;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Tests.Report;

public sealed class FiguresTests
{
    private static readonly Cell Cell = new(Transport.Tls, new Payload(1024), 64);
    private readonly RunReport _report = new() { Circumstances = [], Failures = () => [] };

    [Fact]
    public void Misses_and_uploads_are_bars_of_ratios_to_the_reference()
    {
        var missed = Cell with { Work = Work.Miss };
        _report.Forwarding.Add(Compared(
            Result.Requests, new PlannedServer("ours", missed, 30.0), new PlannedServer("nginx", missed, 20.0)));

        var figure = Only();

        Assert.Equal("misses-and-uploads", figure.Slug);
        Assert.Equal([1.5, 1.0], figure.Series.Select(series => Assert.Single(series.Points).Y.Median));
        Assert.Contains(">miss, 1 KiB<", figure.Svg, StringComparison.Ordinal);
        Assert.Contains("a multiple of nginx's", figure.Title, StringComparison.Ordinal);
    }

    [Fact]
    public void An_arriving_object_stands_beside_the_same_bytes_from_the_cache()
    {
        var cell = new Cell(Transport.Tls, new Payload(1_000_000), 200, Work.Arrival);
        _report.FanOut.Add(new FanOutStanding(new PlannedServer("ours", cell, 1.0).Entry, [new FanOutSample(300, Cached: 200), null]));

        var figure = Only();

        Assert.Equal([0.3, 0.2], Assert.Single(figure.Series).Points.Select(point => point.Y.Median), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Contains(">200, arriving<", figure.Svg, StringComparison.Ordinal);
        Assert.Contains(">200, cached<", figure.Svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Handshakes_and_idle_memory_are_bars_of_each_server()
    {
        _report.Results.Add(Compared(Result.NewConnections, new PlannedServer("ours", Cell, 250.0)));
        _report.Idle.AddRange([new IdleResult("ours", 8.5, 0.2, 0.3), new IdleResult("nginx", 22, 0, 0)]);

        Assert.Equal(["new-connections", "idle-connections"], Slugs());
    }

    [Fact]
    public void Slow_readers_have_a_chart_of_latency_and_one_of_memory()
    {
        SlowReaders(clientShare: 0.5);

        Assert.Equal(["slow-readers", "memory-for-slow-readers"], Slugs());
    }

    [Fact]
    public void Latency_that_the_load_generator_made_is_in_no_chart_but_memory_is()
    {
        SlowReaders(clientShare: 1);

        Assert.Equal(["memory-for-slow-readers"], Slugs());
    }

    [Fact]
    public void Past_saturation_what_is_answered_is_told_as_a_share_of_the_most()
    {
        var entry = new PlannedServer("ours", Cell, 1.0).Entry;
        foreach (var (share, answered) in new[] { (0.9, 900.0), (1.5, 950.0) })
        {
            var rate = new Rate(1000 * share, TimeSpan.FromSeconds(2), 500, IsConnectionPerRequest: true);
            var standing = new RateStanding(entry, rate, [Sample(answered, clientShare: 0.5)]);
            _report.PastSaturation.Add(new RateResult("past", share, [standing]));
        }

        var figures = new Figures(_report).All().ToArray();

        Assert.Equal(["past-saturation-answered", "past-saturation-p50", "past-saturation-p99"], figures.Select(figure => figure.Slug));
        Assert.Equal(
            [(90.0, 90.0), (150.0, 95.0)],
            Assert.Single(figures[0].Series).Points.Select(point => (Math.Round(point.X, 6), Math.Round(point.Y.Median, 6))));
    }

    private void SlowReaders(double clientShare)
    {
        var sample = new SlowReadersSample(Sample(2000, clientShare), Sample(2000, clientShare), 256, 90, 12);
        _report.SlowReaders.Add(new SlowReadersStanding(new PlannedServer("ours", Cell, 1.0).Entry, [sample]));
    }

    private static RateSample Sample(double answered, double clientShare) =>
        new(2000, answered, 100, 900, 950, 1000, 20, Unanswered: 0, clientShare, 10);

    private Figure Only() => Assert.Single(new Figures(_report).All(), figure => figure.Slug != "size-against-cost");

    private string[] Slugs() => [.. new Figures(_report).All().Select(figure => figure.Slug)];

    private static Result Compared(string unit, params PlannedServer[] servers) =>
        new("new connections, full handshake", unit, PlannedServer.Contest(2, new Attempts(_ => { }, CancellationToken.None), servers));
}
