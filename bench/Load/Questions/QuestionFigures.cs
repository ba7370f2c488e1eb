using System.Globalization;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>A question's charts: CPU time as a multiple of the default's in each cell, and latencies where there are some.</summary>
internal static class QuestionFigures
{
    public static IEnumerable<Figure> Of(QuestionResult result) => new[] { Costs(result), Latencies(result) }.OfType<Figure>();

    private static Figure? Costs(QuestionResult result)
    {
        var cells = result.Cells.ToArray();
        Series[] series =
        [
            .. from variant in result.Question.Variants.Skip(1)
               let points = cells.SelectMany((cell, i) => cell
                   .Where(standing => standing.Entry.Server == variant.Name)
                   .Select(result.RatioOf).Where(ratio => ratio is not null).Select(ratio => new Point(i, ratio!))).ToArray()
               where points.Length > 0
               select new Series(variant.Name, result.PlaceOf(variant.Name), 1, points),
        ];
        if (series.Length == 0)
            return null;
        var y = Axis.Linear("× the default", series.SelectMany(one => one.Points).Select(point => point.Y.Highest), Number);
        return Figure.OfBars(
            $"{result.Question.Subject}: {result.Question.Title}", "CPU time per request; the default is 1.", "load",
            [.. cells.Select((cell, i) => new Tick(i, Short(cell.Key)))], y, series);
    }

    private static Figure? Latencies(QuestionResult result)
    {
        Series[] series =
        [
            .. from variant in result.Question.Variants
               let points = result.Rates.SelectMany((rates, i) => rates.Standings
                   .Where(standing => standing.Entry.Server == variant.Name && standing.Samples.Any()).SelectMany(standing => new[]
                   {
                       PointOf(2 * i, standing, sample => sample.MedianMicroseconds),
                       PointOf((2 * i) + 1, standing, sample => sample.P99Microseconds),
                   })).ToArray()
               where points.Length > 0
               select new Series(variant.Name, result.PlaceOf(variant.Name), 1, points),
        ];
        if (series.Length == 0)
            return null;
        var y = Axis.Linear("ms", series.SelectMany(one => one.Points).Select(point => point.Y.Highest), Number);
        var groups = result.Question.Rates.SelectMany((rated, i) => new[]
        {
            new Tick(2 * i, $"{Short(rated.Cell)}: p50"), new Tick((2 * i) + 1, "p99"),
        });
        var offered = string.Join(", ", result.Question.Rates.Select(rated => $"{Short(rated.Cell)} at {Number(rated.PerSecond)}/s"));
        return Figure.OfBars(
            $"{result.Question.Subject} latency: {result.Question.Title}", $"Latency at a constant rate: {offered}.", "load",
            [.. groups], y, series);
    }

    private static Point PointOf(int x, RateStanding standing, Func<RateSample, double> microseconds) =>
        new(x, standing.Of(sample => microseconds(sample) / 1000)!);

    /// <summary>As an axis has room for, such as <c>1 KiB TLS ×64</c>.</summary>
    private static string Short(Cell cell)
    {
        var size = cell.Object.Bytes switch
        {
            >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{cell.Object.Bytes / 1e6:F1} MB"),
            var bytes => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024} KiB"),
        };
        var how = cell.Transport == Transport.Plaintext ? string.Empty : " TLS";
        var work = cell.Work == Work.NewConnection ? " new" : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"{size}{how}{work} ×{cell.Connections}");
    }

    private static string Number(double value) => value.ToString(value >= 1000 ? "N0" : "G3", CultureInfo.InvariantCulture);
}
