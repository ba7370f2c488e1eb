using System.Text;
using System.Text.Json;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Telemetry.Metrics;

/// <summary>Fields whose values the loops of a running proxy change all the time.</summary>
public sealed class StatisticsWriterTests : IDisposable
{
    private readonly SegmentPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData("ring", """{"ring":{"workers":2,"enters":3,"submitted":9,"completions":0,"batchMax":0,"overflows":1,"queueFull":2,"""
        + """ "buffersExhausted":0,"operations":40,"deadlines":60}}""")]
    [InlineData("cache", """{"cache":{"entries":1,"bytes":2,"evictions":3}}""")]
    [InlineData("fetches", """{"fetches":{"started":4,"inFlight":5,"joinable":6,"arrivingBytes":7,"subscribers":8}}""")]
    [InlineData("rotation", """{"rotation":{"certificatesChanged":9,"refused":10,"ticketKeys":11,"ticketKeyRotations":12}}""")]
    [InlineData("accessLog", "{}")]
    public void A_section_has_the_sums_of_all_workers(string section, string document) =>
        Assert.Equal(document.Replace(" ", string.Empty, StringComparison.Ordinal), Write(json => json.WriteSection(section)));

    [Fact]
    public void Handshakes_under_way_are_those_of_all_workers() => Assert.StartsWith(
        """{"handshakes":{"done":0,"resumed":0,"failed":0,"held":70,"dropped":90,"delayed":110,""",
        Write(json => json.WriteSection("handshakes")),
        StringComparison.Ordinal);

    [Fact]
    public void Borrowed_memory_is_that_of_the_pool()
    {
        var segment = _pool.TryRent(5000)!;
        var (allocated, mapped) = (_pool.AllocatedBytes, _pool.MappedBytes);

        Assert.Equal(
            $$"""{"memory":{"rentedSegments":1,"allocatedBytes":{{allocated}},"mappedBytes":{{mapped}}""" + "}}",
            Write(json => json.WriteSection("memory")));
        segment.Release();
    }

    private string Write(Action<StatisticsWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(new StatisticsWriter(json, Sources()));
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private MetricSources Sources() => new()
    {
        Workers = [Figures(first: true), Figures(first: false)],
        TunnelsMaximum = 50,
        ConnectionsMaximum = 0,
        Rotation = new RotationFigures(9, 10, 11, 12),
        Cache = new CacheFigures(1, 2, 3),
        Fetches = new FetchFigures(4, 5, 6, 7, 8),
        Pool = _pool,
        Faults = new FaultLedger(),
    };

    private static WorkerFigures Figures(bool first)
    {
        var loop = new LoopStatistics();
        loop.CountEnter();
        loop.CountQueueFull();
        loop.CountSubmitted(first ? 4 : 5);
        if (first)
        {
            loop.CountEnter();
            loop.CountOverflow();
        }

        return new WorkerFigures(new WorkerCounters(), loop)
        {
            Open = 0,
            Sessions = new SessionTallies(),
            Ktls = new KtlsCounters(),
            Uploads = new SegmentPool(),
            Operations = first ? 10 : 30,
            Deadlines = first ? 20 : 40,
            HandshakesHeld = first ? 30 : 40,
            HandshakesDropped = first ? 40 : 50,
            HandshakesDelayed = first ? 50 : 60,
        };
    }
}
