using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>Charts of loads at constant rates.</summary>
internal sealed class RateFigures(RunReport report, ServerSeries series)
{
    public IEnumerable<Figure?> All() => AgainstLatency().Concat(PastSaturation());

    /// <summary>A chart for each object. Latencies that the load generator made itself are left out.</summary>
    private IEnumerable<Figure?> AgainstLatency() =>
        from standing in report.Rates.SelectMany(result => result.Standings)
        where !standing.Rate.IsConnectionPerRequest && !standing.IsOfClient && standing.Samples.Any()
        group standing by standing.Entry.Cell.Object.Bytes into standings
        let lines = series.Grouped(
            standings, Key, standing => new Point(standing.Rate.PerSecond, standing.Of(sample => sample.P99Microseconds / 1000)!))
        select Figures.Lines(
            $"Rate against latency, {Words.Bytes(standings.Key)}: p99 from when a request was due",
            "The load comes at a constant rate, whatever the server does.",
            lines,
            points => Axis.Linear("requests due a second", points.Select(point => point.X), Words.Number),
            points => Axis.Logarithmic("p99, ms", points.SelectMany(Figures.Ends), Words.Number));

    /// <summary>How much is answered, and how late, of more than a server can answer.</summary>
    private IEnumerable<Figure?> PastSaturation()
    {
        var found =
            (from result in report.PastSaturation
             from standing in result.Standings
             where standing.Samples.Any()
             select (Share: result.Share!.Value, standing)).ToArray();
        if (found.Length == 0)
            yield break;
        var note = $"{Words.Bytes(found[0].standing.Entry.Cell.Object.Bytes)} in plaintext, a connection per request, "
            + $"{found[0].standing.Rate.Connections} requests under way at most.";
        Axis Offered(Point[] points) => Axis.OfValues(
            "requests due, % of what the server answers at most", points.Select(point => point.X), Words.Percent);
        Series[] Of(Func<double, RateStanding, Spread> figure) => series.OfServers(
            found, one => one.standing.Entry.Server, one => new Point(100 * one.Share, figure(one.Share, one.standing)));
        yield return Figures.Lines(
            "Past saturation, answered: what is answered of more than a server can answer",
            note,
            Of((share, standing) => standing.Of(sample => 100 * share * sample.Answered / standing.Rate.PerSecond)!),
            Offered,
            points => Axis.Linear("answered, % of the most", points.Select(point => point.Y.Highest), Words.Percent));
        foreach (var (name, latency) in new (string, Func<RateSample, double>)[]
            { ("p50", sample => sample.MedianMicroseconds), ("p99", sample => sample.P99Microseconds) })
        {
            yield return Figures.Lines(
                $"Past saturation, {name}: from when a request was due",
                note,
                Of((_, standing) => standing.Of(sample => latency(sample) / 1000)!),
                Offered,
                points => Axis.Logarithmic($"{name}, ms", points.SelectMany(Figures.Ends), Words.Number));
        }
    }

    private static (string Server, Transport Transport) Key(RateStanding standing) =>
        (standing.Entry.Server, standing.Entry.Cell.Transport);
}
