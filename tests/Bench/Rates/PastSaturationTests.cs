using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Rates;

public sealed class PastSaturationTests
{
    private static readonly BenchOptions Options = PlanTests.Options(kernelTls: false) with { Quick = false, Rounds = 7 };
    private readonly Cell _cell = PastSaturation.Cell(Options)!;

    [Fact]
    public void Every_server_is_given_shares_of_what_it_answers_at_most_on_new_connections()
    {
        Entry[] entries = [EntryOf("ours"), EntryOf("nginx")];

        var results = PastSaturation.Run(Options, entries, rates => Answered(rates, entry => entry == entries[0] ? 2000 : 1000)).ToArray();

        Assert.Equal([0.9, 1.1, 1.25, 1.5], results.Select(result => result.Share!.Value));
        Assert.Equal([3000, 1500], results[^1].Standings.Select(standing => standing.Rate.PerSecond));
        Assert.All(results.SelectMany(result => result.Standings), standing => Assert.True(standing.Rate.IsConnectionPerRequest));
    }

    [Fact]
    public void A_server_that_answered_nothing_is_given_no_shares()
    {
        Entry[] entries = [EntryOf("ours"), EntryOf("dead")];

        var results = PastSaturation.Run(Options, entries, rates => Answered(rates, entry => entry == entries[0] ? 2000 : null));

        Assert.All(results, result => Assert.Equal("ours", Assert.Single(result.Standings).Entry.Server));
        Assert.Empty(PastSaturation.Run(Options, entries, rates => Answered(rates, _ => null)));
    }

    [Fact]
    public void A_quick_run_and_one_that_asks_for_something_else_leave_it_out()
    {
        Assert.Null(PastSaturation.Cell(Options with { Quick = true }));
        Assert.Null(PastSaturation.Cell(Options with { Only = "idle" }));
        Assert.NotNull(PastSaturation.Cell(Options with { Only = "past saturation" }));
    }

    private Entry EntryOf(string server) => new(server, _cell, new Candidate(server, ProcessId: 0, "http://127.0.0.1/"));

    private static RateResult Answered(RateComparison rates, Func<Entry, double?> answered) => new(
        rates.Name, rates.Share,
        [
            .. rates.Rates.Select(pair => new RateStanding(
                pair.Key, pair.Value,
                [answered(pair.Key) is { } perSecond ? new RateSample(pair.Value.PerSecond, perSecond, 1, 2, 3, 4, 5, 0, 0, 0) : null])),
        ]);
}
