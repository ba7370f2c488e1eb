using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>The charts of a report.</summary>
internal sealed class Figures(RunReport report)
{
    private readonly ServerSeries _series = new(report);

    /// <summary>Charts that have something to show.</summary>
    public IEnumerable<Figure> All() => new[] { TlsAgainstPlaintext(), SizeAgainstCost(), ConnectionsAgainstThroughput() }
        .Concat(new RateFigures(report, _series).All())
        .Concat(new ForwardingFigures(report, _series).All())
        .Concat(new ConnectionFigures(report, _series).All())
        .OfType<Figure>();

    private Figure? TlsAgainstPlaintext()
    {
        var title = $"TLS against plaintext: {report.Unit.InWords} as a multiple of the same server's in plaintext";
        var prices = Busiest(TlsPrice.All(report.Results), price => price.Cell);
        var series = _series.Grouped(
            prices, price => (price.Server, price.Cell.Transport), price => new Point(price.Cell.Object.Bytes, price.Ratio));
        if (series.Length == 0)
            return null;
        var sizes = prices.Select(price => price.Cell.Object.Bytes).Distinct().Order().Select(bytes => new Tick(bytes, Words.Bytes(bytes)));
        var y = Axis.Linear("× plaintext", prices.Select(price => price.Ratio.Highest), Words.Number);
        return Figure.OfBars(title, Words.OnConnections(prices[0].Cell), "size of the object", [.. sizes], y, series);
    }

    private Figure? SizeAgainstCost()
    {
        Standing[] all = [.. report.Results.Where(result => result.Unit == Result.Requests).SelectMany(result => result.Standings)];
        var standings = Busiest([.. all.Where(standing => Cost.Of(standing) is not null)], standing => standing.Entry.Cell);
        var series = _series.Grouped(
            standings, Key, standing => new Point(standing.Entry.Cell.Object.Bytes, standing.ProcessorMicroseconds!));
        return Lines(
            $"Size against cost: {report.Unit.InWords} per request",
            standings.Count == 0 ? string.Empty : Words.OnConnections(standings[0].Entry.Cell),
            series,
            points => Axis.OfValues("size of the object", points.Select(point => point.X), Words.Bytes),
            points => Axis.Logarithmic($"{report.Unit.Name} per request", points.SelectMany(Ends), Words.Number));
    }

    private Figure? ConnectionsAgainstThroughput()
    {
        Standing[] standings = [.. report.Sweep.SelectMany(result => result.Standings).Where(standing => !standing.IsEmpty)];
        var series = _series.Grouped(
            standings, Key, standing => new Point(standing.Entry.Cell.Connections, standing.RequestsPerSecond!));
        return Lines(
            "Connections against throughput: requests answered a second",
            standings.Length == 0 ? string.Empty : $"{Words.Bytes(standings[0].Entry.Cell.Object.Bytes)}; the client has one processor.",
            series,
            points => Axis.OfValues("keep-alive connections", points.Select(point => point.X), Words.Number),
            points => Axis.Linear("requests a second", points.Select(point => point.Y.Highest), Words.Number));
    }

    public static Figure? Lines(string title, string note, Series[] series, Func<Point[], Axis> horizontal, Func<Point[], Axis> vertical)
    {
        if (series.Length == 0)
            return null;
        Point[] points = [.. series.SelectMany(one => one.Points)];
        return Figure.OfLines(title, note, horizontal(points), vertical(points), series);
    }

    public static double[] Ends(Point point) => [point.Y.Lowest, point.Y.Highest];

    private static (string Server, Transport Transport) Key(Standing standing) => (standing.Entry.Server, standing.Entry.Cell.Transport);

    /// <summary>Of cells on several numbers of connections those on the largest: one chart shows one number.</summary>
    private static IReadOnlyList<T> Busiest<T>(IReadOnlyList<T> all, Func<T, Cell> cell) =>
        all.Count == 0 ? all : [.. all.Where(one => cell(one).Connections == all.Max(other => cell(other).Connections))];
}
