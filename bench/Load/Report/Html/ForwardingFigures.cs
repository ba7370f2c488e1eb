using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>Charts of requests that go to the origin.</summary>
internal sealed class ForwardingFigures(RunReport report, ServerSeries series)
{
    public IEnumerable<Figure?> All() => [MissesAndUploads(), FanOut()];

    private Figure? MissesAndUploads()
    {
        var found =
            (from result in report.Forwarding
             from standing in result.Standings
             let ratio = standing.RatioTo(result.ReferenceOf(standing))
             where ratio is not null
             select (standing.Entry, Ratio: ratio)).ToArray();
        if (found.Length == 0)
            return null;
        var kinds = found.Select(one => Kind(one.Entry.Cell)).Distinct().ToArray();
        var reference = report.Forwarding[0].Standings[^1].Entry.Server;
        return Figure.OfBars(
            $"Misses and uploads: CPU time as a multiple of {reference}'s",
            "Requests that are passed on to the origin, in the same rounds.",
            "what is passed on",
            [.. kinds.Select((kind, i) => new Tick(i, kind))],
            Axis.Linear($"× {reference}", found.Select(one => one.Ratio.Highest), Words.Number),
            series.Grouped(
                found, one => (one.Entry.Server, one.Entry.Cell.Transport),
                one => new Point(Array.IndexOf(kinds, Kind(one.Entry.Cell)), one.Ratio)));
    }

    /// <summary>What an object costs while it arrives beside what it costs from the cache, by the number of subscribers.</summary>
    private Figure? FanOut()
    {
        var found = report.FanOut.Where(standing => standing.Samples.Any()).SelectMany(Costs).ToArray();
        if (found.Length == 0)
            return null;
        var groups = found.Select(one => one.Group).Distinct().Order().ToArray();
        return Figure.OfBars(
            "An arriving object: CPU time while it arrives from the origin, and from the cache",
            "Of the server, for each GB that subscribers get. They wait for one object and share its fetch.",
            "subscribers",
            [.. groups.Select((group, i) => new Tick(i, $"{Words.Number(group.Subscribers)}, {group.What}"))],
            Axis.Linear("CPU s per GB", found.Select(one => one.Cost.Highest), Words.Number),
            series.Grouped(
                found, one => (one.Entry.Server, one.Entry.Cell.Transport), one => new Point(Array.IndexOf(groups, one.Group), one.Cost)));
    }

    private static IEnumerable<(Entry Entry, (int Subscribers, string What) Group, Spread Cost)> Costs(FanOutStanding standing)
    {
        var cell = standing.Entry.Cell;
        yield return (standing.Entry, (cell.Connections, "arriving"), PerGigabyte(standing.Arriving!, cell));
        yield return (standing.Entry, (cell.Connections, "cached"), PerGigabyte(standing.Cached!, cell));
    }

    private static Spread PerGigabyte(Spread microseconds, Cell cell)
    {
        double Of(double value) => new Cost(value, cell.Object.Bytes).SecondsPerGigabyte;
        return new Spread(Of(microseconds.Median), Of(microseconds.Lowest), Of(microseconds.Highest), microseconds.Count);
    }

    private static string Kind(Cell cell) => cell.Work.Prefix() + Words.Bytes(cell.Object.Bytes);
}
