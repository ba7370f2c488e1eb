using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Questions;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Tests.Questions;

/// <summary>An answer whose measurements are planned: <c>dearer</c> costs twice the default, <c>same</c> is once below and once
/// above.</summary>
internal static class PlannedAnswer
{
    public static QuestionResult Of(bool hasRates = false)
    {
        var cell = PlannedServer.PlainKilobyte;
        var rated = new RatedCell(cell, 1000);
        var question = new Question(
            "Planned things", "What do they cost?", "Nobody knows.",
            [Variant.Default, new Variant("dearer", "--sqpoll"), new Variant("same", "--tune", "multishot=0")],
            [cell],
            hasRates ? [rated] : []);
        // As the bench has it, the default is the last.
        var standings = PlannedServer.Contest(
            2, new Attempts(_ => { }, CancellationToken.None), new PlannedServer("dearer", cell, 20.0, 22.0),
            new PlannedServer("same", cell, 9.0, 11.5), new PlannedServer("default", cell, 10.0, 11.0));
        return new QuestionResult(
            question,
            new Result(question.Title, Result.Requests, standings),
            hasRates ? [Rated(rated, standings.Select(standing => standing.Entry))] : [],
            new Dictionary<(string, Cell), Spread> { [("dearer", cell)] = new(0.75, 0.7, 0.8, 2) });
    }

    private static RateResult Rated(RatedCell rated, IEnumerable<Entry> entries)
    {
        var load = new Rate(rated.PerSecond, TimeSpan.FromSeconds(2), rated.Cell.Connections, IsConnectionPerRequest: false);
        return new RateComparison(rated.Name, Share: null, entries.ToDictionary(entry => entry, _ => load)).Run(
            new Contest(1, new Attempts(_ => { }, CancellationToken.None)), (entry, _) => SampleOf(entry, rated.PerSecond), _ => null);
    }

    private static RateSample SampleOf(Entry entry, double perSecond)
    {
        var late = entry.Server == "dearer" ? 44_000 : 400;
        return new RateSample(perSecond, perSecond, late, late * 2, late * 3, late * 4, 10, 0, 0.5, 0);
    }
}
