using System.Globalization;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Load.Rates;

/// <summary>Which constant rates are measured.</summary>
internal static class RatePlan
{
    public const string Name = "constant rate";

    /// <summary>A server that is given half of what saturates it needs few connections; a stall needs many.</summary>
    private const int Connections = 64;

    /// <summary>The load that this project began with: an object of 1,345,292 bytes, 1,350 times a second, on new connections.</summary>
    private const int StreamedBytes = 1_345_292;
    private const double StreamedRate = 1350;

    private const double Half = 0.5;
    private static readonly double[] FewShares = [0.25, 0.5, 0.75];
    private static readonly double[] ManyShares = [0.1, 0.25, 0.5, 0.75, 0.9];
    private static readonly double[] SharesOfRivals = [0.25, 0.5, 0.75, 0.9];

    /// <summary>Shorter, p99.9 would rest on single requests.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(2);

    public static int Rounds(BenchOptions options) => options.Quick ? 1 : Math.Min(options.Rounds, options.Rivals ? 2 : 3);

    private static double[] Shares(BenchOptions options) => options.Quick ? FewShares : options.Rivals ? SharesOfRivals : ManyShares;

    /// <summary>Servers, each with the configuration that was best for the object, at shares of what saturated
    /// it.</summary>
    /// <param name="results">Of saturating loads.</param>
    /// <returns>Half of it first, and what may be left out for want of time last.</returns>
    /// <param name="servers">Their names.</param>
    public static IReadOnlyList<RateComparison> Of(BenchOptions options, IReadOnlyList<Result> results, string[] servers)
    {
        if (!options.IsRateWanted)
            return [];
        Standing[] all =
        [
            .. from result in results
               where result.Unit == Result.Requests
               from standing in result.Standings
               where !standing.IsEmpty
               select standing,
        ];
        if (all.Length == 0)
            return [];
        var saturated = all.Where(standing => servers.Contains(standing.Entry.Server)).ToLookup(standing => standing.Entry.Cell.Object);
        var objects = saturated.Select(group => group.Key).Where(item => options.Quick || IsTypical(item)).ToArray();
        return
        [
            .. objects.Select(item => AtShare(saturated[item], item, Half, options)),
            .. objects.Where(item => item.Bytes == StreamedBytes).Select(item => Streamed(saturated[item], item, options)),
            .. from item in objects
               from share in Shares(options)
               where share != Half
               select AtShare(saturated[item], item, share, options),
        ];
    }

    /// <summary>How many comparisons there will be, as far as that is known before anything has been measured.</summary>
    public static int CountExpected(BenchOptions options)
    {
        var objects = options.Objects.Where(item => options.Quick || IsTypical(item)).ToArray();
        return (objects.Length * Shares(options).Length) + objects.Count(item => item.Bytes == StreamedBytes);
    }

    private static bool IsTypical(Payload item) => item.Bytes is 16 * 1024 or StreamedBytes;

    private static RateComparison AtShare(IEnumerable<Standing> saturated, Payload item, double share, BenchOptions options) => new(
        string.Create(CultureInfo.InvariantCulture, $"{item.Bytes:N0} B at {share:P0} of what saturates the server"),
        share,
        Best(saturated).ToDictionary(
            standing => On(standing, Connections),
            standing => new Rate(standing.RequestsPerSecond!.Median * share, Length(options), Connections, IsConnectionPerRequest: false)));

    private static RateComparison Streamed(IEnumerable<Standing> saturated, Payload item, BenchOptions options) => new(
        string.Create(CultureInfo.InvariantCulture, $"{item.Bytes:N0} B, {StreamedRate:N0} a second, a connection per request"),
        Share: null,
        Best(saturated).ToDictionary(
            standing => On(standing, Connections),
            _ => new Rate(StreamedRate, Length(options), Connections, IsConnectionPerRequest: true)));

    /// <summary>Of several numbers of connections the one on which a server answered most.</summary>
    private static IEnumerable<Standing> Best(IEnumerable<Standing> saturated) =>
        saturated.GroupBy(standing => (standing.Entry.Server, standing.Entry.Cell.Transport))
            .Select(group => group.MaxBy(standing => standing.RequestsPerSecond!.Median)!);

    private static Entry On(Standing standing, int connections) =>
        standing.Entry with { Cell = standing.Entry.Cell with { Connections = connections } };

    /// <summary>How long requests are due.</summary>
    public static TimeSpan Length(BenchOptions options) =>
        TimeSpan.FromSeconds(options.Seconds) is var asked && asked > Shortest ? asked : Shortest;
}
