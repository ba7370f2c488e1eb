using System.Collections.Concurrent;
using System.Globalization;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Entries;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Entries;

public sealed class EntriesLoadTests
{
    private const int Warming = 20;
    private const int Entries = 100;

    private readonly ConcurrentQueue<string> _misses = new();
    private readonly TaskCompletionSource _hit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _hits;

    [Fact]
    public void Every_entry_is_asked_for_once_and_hits_are_measured_meanwhile()
    {
        using var server = Server();

        var sample = Load(() => new EntryCounts(_misses.Count, _misses.Count, Gen0: 3, Gen1: 2, _misses.Count / Entries)).Run(
            CandidateOf(server), Entries);

        Assert.Equal(
            Enumerable.Range(0, Warming + Entries).Select(number => number.ToString("D10", CultureInfo.InvariantCulture)),
            _misses.Select(path => path["/entries/".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal(_hits, sample.Hits);
        Assert.InRange(sample.MedianMicroseconds, 1, sample.P99Microseconds);
        Assert.InRange(sample.P99Microseconds, sample.MedianMicroseconds, sample.HighestMicroseconds);
        Assert.True(sample.MissesPerSecond > 0);
        Assert.Equal(new EntryCounts(Entries, Entries, 0, 0, 1), sample.Collections);
    }

    [Theory]
    [InlineData(-1, 0, "the server has stored 99 of 100 responses")]
    [InlineData(0, 2, "the server asked the origin 102 times about 100 misses")]
    public void A_server_that_did_not_store_all_or_whose_hits_were_misses_has_no_figures(int entries, int fetches, string said)
    {
        using var server = Server();
        var isFull = false;
        var load = Load(() =>
        {
            var counts = isFull ? new EntryCounts(Entries + entries, Entries + fetches, 0, 0, 0) : default;
            isFull = true;
            return counts;
        });

        Assert.Equal(said, Assert.Throws<BenchException>(() => load.Run(CandidateOf(server), Entries)).Message);
    }

    [Theory]
    [InlineData("/entries/0000000050", "a miss failed: the server answered \"HTTP/1.1 503 Busy\"")]
    [InlineData("/object", "a hit failed: the server answered \"HTTP/1.1 503 Busy\"")]
    public void A_request_that_fails_fails_the_measurement_with_its_words(string path, string said)
    {
        using var server = Server(failing: path);
        var load = Load(() => default);

        Assert.Equal(said, Assert.Throws<BenchException>(() => load.Run(CandidateOf(server), Entries)).Message);
    }

    /// <summary>Answers nothing of the measurement before a hit has been asked for, so that there is one.</summary>
    private PlantedServer Server(string? failing = null) => new(async path =>
    {
        if (path == "/object")
        {
            Interlocked.Increment(ref _hits);
            _hit.TrySetResult();
        }
        else
        {
            _misses.Enqueue(path);
            if (int.Parse(path["/entries/".Length..], CultureInfo.InvariantCulture) >= Warming)
                await _hit.Task;
        }

        return path == failing ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : PlantedServer.Ok(100);
    });

    private static EntriesLoad Load(Func<EntryCounts> count) => new(new MonotonicClock(), Warming, count, _ => { });

    private static Candidate CandidateOf(PlantedServer server) => new("planted", Environment.ProcessId, server.Url);
}
