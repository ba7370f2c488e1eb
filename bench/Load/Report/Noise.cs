using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>How far the machine lets figures be trusted.</summary>
/// <param name="HalfWidth">Half the range of one server's processor time between rounds, by its median: the median over all servers and
/// cells.</param>
/// <param name="Disturbance">The share of the servers' processor that others took.</param>
internal sealed record Noise(double HalfWidth, double Disturbance)
{
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"one server's CPU time varied by ±{HalfWidth:P0} between rounds, and others took {Disturbance:P0} of the servers' processor"
        + $"{(Disturbance > OtherLoad.Tolerated ? ": trust no small difference" : string.Empty)}");

    /// <returns>Null where nothing was measured twice.</returns>
    public static Noise? Of(IEnumerable<Result> results)
    {
        var standings = results.SelectMany(result => result.Standings).Where(standing => standing.Samples.Skip(1).Any()).ToArray();
        return standings.Length == 0
            ? null
            : new Noise(
                Median.Of(standings.Select(standing => standing.ProcessorMicroseconds!.HalfWidth)),
                standings.Average(standing => standing.Disturbance));
    }
}
