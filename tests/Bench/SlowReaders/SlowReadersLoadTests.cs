using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;
using TlsProxy.Bench.Load.SlowReaders;
using TlsProxy.Bench.Tests.Rates;

namespace TlsProxy.Bench.Tests.SlowReaders;

public sealed class SlowReadersLoadTests
{
    private readonly PlannedClock _clock = new();

    [Fact]
    public void Fast_clients_are_measured_alone_and_again_while_slow_readers_take_the_object()
    {
        using var fast = new PlantedServer(_ => PlantedServer.Ok(10));
        using var slow = new PlantedServer(_ => PlantedServer.Ok(100_000));

        var sample = Load(readers: 3).Run(CandidateOf(fast), CandidateOf(slow), new Rate(100, TimeSpan.FromSeconds(0.1), 2, false));

        Assert.Equal(20, fast.Requests);
        Assert.True(slow.Requests >= 3, "each reader has asked");
        Assert.True(sample.ResidentMebibytes > 0);
    }

    [Fact]
    public void A_slow_reader_that_fails_fails_the_measurement_with_its_words()
    {
        using var fast = new PlantedServer(_ => PlantedServer.Ok(10));
        using var slow = new PlantedServer(_ => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n");

        var thrown = Assert.Throws<BenchException>(
            () => Load(readers: 2).Run(CandidateOf(fast), CandidateOf(slow), new Rate(100, TimeSpan.FromSeconds(0.1), 1, false)));

        Assert.Equal("a slow reader failed: the server answered \"HTTP/1.1 503 Busy\"", thrown.Message);
    }

    [Fact]
    public void A_reader_takes_no_more_than_its_bytes_a_second()
    {
        var start = _clock.Now;
        using var paced = new PacedStream(new MemoryStream(new byte[100_000]), _clock, bytesPerSecond: 10_000, goesOn: _ => true);

        paced.CopyTo(Stream.Null);

        // 100,000 bytes: the last piece is waited for, but not the time that it takes.
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(start, _clock.Now).TotalSeconds, 8, 10.1);
    }

    /// <summary>Time passes for the readers as they wait, and for the fast clients as these do.</summary>
    private SlowReadersLoad Load(int readers) => new(
        readers, bytesPerSecond: 1_000_000, _clock, (candidate, rate) => RateLoad.Run(candidate, rate, new PlannedClock()));

    private static Candidate CandidateOf(PlantedServer server) => new("planted", Environment.ProcessId, server.Url);
}
