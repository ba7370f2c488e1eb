using System.Globalization;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report.Charts;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>Charts of what connections cost: new ones, idle ones, and those of slow readers.</summary>
internal sealed class ConnectionFigures(RunReport report, ServerSeries series)
{
    public IEnumerable<Figure?> All() => [Handshakes(), IdleMemory(), LatencyBesideSlowReaders(), MemoryOfSlowReaders()];

    private Figure? Handshakes()
    {
        Result[] results = [.. report.Results.Where(result => result.Unit == Result.NewConnections)];
        var found =
            (from result in results
             from standing in result.Standings
             where !standing.IsEmpty
             select (Group: Array.IndexOf(results, result), standing)).ToArray();
        return found.Length == 0
            ? null
            : Figure.OfBars(
                "New connections: CPU time of a handshake with one request",
                "TLS 1.3, X25519, one connection after the other.",
                "handshake",
                [.. results.Select((result, i) => new Tick(i, result.Name.Split(", ")[^1]))],
                Axis.Linear("CPU µs per connection", found.Select(one => one.standing.ProcessorMicroseconds!.Highest), Words.Number),
                series.OfServers(
                    found, one => one.standing.Entry.Server, one => new Point(one.Group, one.standing.ProcessorMicroseconds!)));
    }

    private Figure? IdleMemory() => report.Idle.Count == 0
        ? null
        : Figure.OfBars(
            "Idle connections: memory of the server for each",
            string.Create(
                CultureInfo.InvariantCulture, $"{IdleConnections.Count:N0} kept TLS connections; the kernel's memory isn't counted."),
            "server",
            [new Tick(0, "idle TLS connection")],
            Axis.Linear("KiB", report.Idle.Select(idle => idle.Kibibytes), Words.Number),
            series.OfServers(report.Idle, idle => idle.Server, idle => new Point(0, Spread.Of([idle.Kibibytes])!)));

    private SlowReadersStanding[] WithFigures => [.. report.SlowReaders.Where(standing => standing.Samples.Any())];

    /// <summary>Latencies that the load generator made itself are left out.</summary>
    private Figure? LatencyBesideSlowReaders()
    {
        SlowReadersStanding[] found = [.. WithFigures.Where(standing => !standing.IsOfClient)];
        if (found.Length == 0)
            return null;
        Point[] Points(SlowReadersStanding standing) =>
        [
            new Point(1, standing.Of(sample => sample.Alone.P99Microseconds / 1000)!),
            new Point(2, standing.Of(sample => sample.Beside.P99Microseconds / 1000)!),
        ];
        var points = found.SelectMany(standing => Points(standing), (standing, point) => (standing, point)).ToArray();
        return Figure.OfLines(
            "Slow readers: p99 of fast clients alone, and beside slow readers",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Words.Bytes(found[0].Entry.Cell.Object.Bytes)} at a constant rate, beside {SlowReadersPlan.Readers} readers of "
                + $"{SlowReadersPlan.BytesPerSecond / 1024:F0} KiB a second each."),
            Axis.OfValues("fast clients", [1, 2], value => value < 2 ? "alone" : "beside slow readers"),
            Axis.Logarithmic("p99, ms", points.SelectMany(one => new[] { one.point.Y.Lowest, one.point.Y.Highest }), Words.Number),
            series.Grouped(points, one => (one.standing.Entry.Server, one.standing.Entry.Cell.Transport), one => one.point));
    }

    private Figure? MemoryOfSlowReaders()
    {
        var found = WithFigures;
        if (found.Length == 0)
            return null;
        Transport[] ways = [.. found.Select(standing => standing.Entry.Cell.Transport).Distinct()];
        return Figure.OfBars(
            "Memory for slow readers: of the server, for each reader",
            string.Create(CultureInfo.InvariantCulture, $"{SlowReadersPlan.Readers} readers; the kernel's memory isn't counted."),
            "transport",
            [.. ways.Select((way, i) => new Tick(i, way.InWords()))],
            Axis.Linear("KiB", found.Select(standing => standing.Of(sample => sample.KibibytesEach)!.Highest), Words.Number),
            series.OfServers(
                found, standing => standing.Entry.Server,
                standing => new Point(
                    Array.IndexOf(ways, standing.Entry.Cell.Transport), standing.Of(sample => sample.KibibytesEach)!)));
    }
}
