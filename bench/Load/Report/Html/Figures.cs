using System.Globalization;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>The charts of a report. A server has its colour and a transport its pattern in all of them.</summary>
internal sealed class Figures(RunReport report)
{
    private readonly string[] _servers = [.. report.Compared.Select(standing => standing.Entry.Server).Distinct()];

    /// <summary>Charts that have something to show.</summary>
    public IEnumerable<Figure> All() =>
        new[] { TlsAgainstPlaintext(), SizeAgainstCost(), ConnectionsAgainstThroughput() }.Concat(RatesAgainstLatency()).OfType<Figure>();

    private Figure? TlsAgainstPlaintext()
    {
        var title = $"TLS against plaintext: {report.Unit.InWords} as a multiple of the same server's in plaintext";
        var prices = Busiest(TlsPrice.All(report.Results), price => price.Cell);
        var series = Grouped(
            prices, price => (price.Server, price.Cell.Transport), price => new Point(price.Cell.Object.Bytes, price.Ratio));
        if (series.Length == 0)
            return null;
        var sizes = prices.Select(price => price.Cell.Object.Bytes).Distinct().Order().Select(bytes => new Tick(bytes, Bytes(bytes)));
        var y = Axis.Linear("× plaintext", prices.Select(price => price.Ratio.Highest), Number);
        return Figure.OfBars(title, OnConnections(prices[0].Cell), "size of the object", [.. sizes], y, series);
    }

    private Figure? SizeAgainstCost()
    {
        Standing[] all = [.. report.Results.Where(result => result.Unit == Result.Requests).SelectMany(result => result.Standings)];
        var standings = Busiest([.. all.Where(standing => Cost.Of(standing) is not null)], standing => standing.Entry.Cell);
        var series = Grouped(
            standings, Key, standing => new Point(standing.Entry.Cell.Object.Bytes, standing.ProcessorMicroseconds!));
        return Lines(
            $"Size against cost: {report.Unit.InWords} per request",
            standings.Count == 0 ? string.Empty : OnConnections(standings[0].Entry.Cell),
            series,
            points => Axis.OfValues("size of the object", points.Select(point => point.X), Bytes),
            points => Axis.Logarithmic($"{report.Unit.Name} per request", points.SelectMany(Ends), Number));
    }

    private Figure? ConnectionsAgainstThroughput()
    {
        Standing[] standings = [.. report.Sweep.SelectMany(result => result.Standings).Where(standing => !standing.IsEmpty)];
        var series = Grouped(
            standings, Key, standing => new Point(standing.Entry.Cell.Connections, standing.RequestsPerSecond!));
        return Lines(
            "Connections against throughput: requests answered a second",
            standings.Length == 0 ? string.Empty : $"{Bytes(standings[0].Entry.Cell.Object.Bytes)}; the client has one processor.",
            series,
            points => Axis.OfValues("keep-alive connections", points.Select(point => point.X), Number),
            points => Axis.Linear("requests a second", points.Select(point => point.Y.Highest), Number));
    }

    /// <summary>A chart for each object. Latencies that the load generator made itself are left out.</summary>
    private IEnumerable<Figure?> RatesAgainstLatency() =>
        from standing in report.Rates.SelectMany(result => result.Standings)
        where !standing.Rate.IsConnectionPerRequest && !standing.IsOfClient && standing.Samples.Any()
        group standing by standing.Entry.Cell.Object.Bytes into standings
        let series = Grouped(
            standings,
            standing => (standing.Entry.Server, standing.Entry.Cell.Transport),
            standing => new Point(standing.Rate.PerSecond, standing.Of(sample => sample.P99Microseconds / 1000)!))
        select Lines(
            $"Rate against latency, {Bytes(standings.Key)}: p99 from when a request was due",
            "The load comes at a constant rate, whatever the server does.",
            series,
            points => Axis.Linear("requests due a second", points.Select(point => point.X), Number),
            points => Axis.Logarithmic("ms", points.SelectMany(Ends), Number));

    private static Figure? Lines(string title, string note, Series[] series, Func<Point[], Axis> horizontal, Func<Point[], Axis> vertical)
    {
        if (series.Length == 0)
            return null;
        Point[] points = [.. series.SelectMany(one => one.Points)];
        return Figure.OfLines(title, note, horizontal(points), vertical(points), series);
    }

    private static double[] Ends(Point point) => [point.Y.Lowest, point.Y.Highest];

    private static (string Server, Transport Transport) Key(Standing standing) => (standing.Entry.Server, standing.Entry.Cell.Transport);

    private Series[] Grouped<T>(IEnumerable<T> all, Func<T, (string Server, Transport Transport)> key, Func<T, Point> point) =>
    [
        .. from one in all
           group point(one) by key(one) into points
           let way = points.Key.Transport.InWords().Replace("`", string.Empty, StringComparison.Ordinal)
           let colour = Array.IndexOf(_servers, points.Key.Server) % ChartStyle.Colours
           select new Series($"{points.Key.Server}, {way}", colour, (int)points.Key.Transport, [.. points]),
    ];

    /// <summary>Of cells on several numbers of connections those on the largest: one chart shows one number.</summary>
    private static IReadOnlyList<T> Busiest<T>(IReadOnlyList<T> all, Func<T, Cell> cell) =>
        all.Count == 0 ? all : [.. all.Where(one => cell(one).Connections == all.Max(other => cell(other).Connections))];

    private static string OnConnections(Cell cell) =>
        string.Create(CultureInfo.InvariantCulture, $"{cell.Connections} keep-alive connections.");

    private static string Bytes(double count) => count switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{count:F0} B"),
        < 1_000_000 when count % 1024 == 0 => string.Create(CultureInfo.InvariantCulture, $"{count / 1024:F0} KiB"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{count / 1000:G3} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{count / 1_000_000:G3} MB"),
    };

    private static string Number(double value) => value.ToString(value >= 1000 ? "N0" : "G4", CultureInfo.InvariantCulture);
}
