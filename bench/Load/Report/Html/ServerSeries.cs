using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>Series of a report's charts: a server has its colour and a transport its pattern in all of them.</summary>
internal sealed class ServerSeries(RunReport report)
{
    private readonly string[] _servers = [.. report.Servers];

    /// <summary>A series for each server and transport.</summary>
    public Series[] Grouped<T>(IEnumerable<T> all, Func<T, (string Server, Transport Transport)> key, Func<T, Point> point) =>
    [
        .. from one in all
           group point(one) by key(one) into points
           let way = points.Key.Transport.InWords().Replace("`", string.Empty, StringComparison.Ordinal)
           select new Series($"{points.Key.Server}, {way}", Colour(points.Key.Server), (int)points.Key.Transport, [.. points]),
    ];

    /// <summary>A series for each server, where all have the same transport.</summary>
    public Series[] OfServers<T>(IEnumerable<T> all, Func<T, string> server, Func<T, Point> point) =>
    [
        .. from one in all
           group point(one) by server(one) into points
           select new Series(points.Key, Colour(points.Key), (int)Transport.Tls, [.. points]),
    ];

    private int Colour(string server) => Array.IndexOf(_servers, server) % ChartStyle.Colours;
}
