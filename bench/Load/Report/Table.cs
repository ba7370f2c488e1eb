using System.Globalization;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Results as lines of a Markdown table, each printed as soon as it is known.</summary>
internal static class Table
{
    public static void Head()
    {
        Console.WriteLine();
        Console.WriteLine($"| {"server",-56} | {"per second",10} | {"CPU µs",8} | {"ratio",5} | {"from … to",11} | {"enters",6} | {"alloc B",7} |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
    }

    public static void Rows(Result result)
    {
        Console.WriteLine($"| **{result.Cell}** | | | | | | |");
        foreach (var standing in result.Standings)
            Console.WriteLine(Row(standing, standing == result.Standings[^1]));
        var disturbance = result.Standings.Average(standing => standing.Disturbance);
        if (disturbance > OtherLoad.Tolerated)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| others took {disturbance:P0} of the servers' processor: trust no small difference | | | | | | |"));
    }

    public static void Idle(IEnumerable<IdleResult> results)
    {
        Console.WriteLine();
        Console.WriteLine("| idle TLS connection | KiB |");
        Console.WriteLine("| --- | --- |");
        foreach (var result in results)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {result.Server} | {result.Kibibytes:F1} |"));
    }

    private static string Row(Standing standing, bool isReference)
    {
        var range = isReference ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"{standing.Ratios.Min():F2} … {standing.Ratios.Max():F2}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {standing.Candidate.Name,-56} | {standing.RequestsPerSecond,10:F0} | {standing.ProcessorMicroseconds,8:F2} | {standing.Ratio,5:F2} "
            + $"| {range,11} | {standing.Enters,6:F3} | {standing.AllocatedBytes,7:F1} |");
    }
}
