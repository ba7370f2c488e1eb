using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Instructions;

/// <summary>What is counted, and how much work that is.</summary>
internal static class InstructionPlan
{
    /// <summary>Windows of each server in the end: two, whose difference tells whether it was warm.</summary>
    public const int Rounds = 2;

    /// <summary>Few: the client shares the server's processor and reads one response after the other.</summary>
    public const int Connections = 4;

    /// <summary>Plaintext and each fixed way of making records; what <c>auto</c> chooses on an emulated processor says nothing.</summary>
    public static IReadOnlyList<CellGroup> Groups(BenchOptions options) =>
    [
        .. from cells in Plan.Groups(options)
           let counted = cells.Cells.Where(cell => cell.Transport != Transport.Auto).ToArray()
           where counted.Length > 0
           select cells with { Cells = counted },
    ];

    /// <summary>The work of measuring a server in a cell.</summary>
    /// <param name="candidates">Its configurations, of which the best is found first.</param>
    public static double Work(Cell cell, IReadOnlyList<Candidate> candidates)
    {
        if (candidates.Count == 0)
            return 0;
        var counts = RequestCounts.Of(cell.Object);
        var preparing = candidates.Sum(candidate =>
            (candidate.IsCompiledOnTheWay ? counts.Warming + (2 * counts.Window) : 0) + (candidates.Count > 1 ? counts.Window : 0));
        return (preparing + (Rounds * counts.Window)) * OfRequest(cell);
    }

    /// <summary>The work before the first window of a server that is compiled on the way.</summary>
    public static double OfWarming(Cell cell) => RequestCounts.Of(cell.Object).Warming * OfRequest(cell);

    /// <summary>The work of one window.</summary>
    public static double OfWindow(Cell cell) => RequestCounts.Of(cell.Object).Window * OfRequest(cell);

    // About the instructions that server and client spend on a request.
    private static double OfRequest(Cell cell) => 100_000 + ((cell.Transport == Transport.Plaintext ? 1.0 : 10.0) * cell.Object.Bytes);
}
