using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>Makes a comparison: finds each server's best configuration for each cell, then measures all in rounds.</summary>
internal sealed class Comparing(Attempts attempts, ChildProcesses processes)
{
    private readonly Preparation _preparation = new(attempts, candidate => processes.LastWords(candidate));

    /// <returns>The configuration of a server that costs least, as found before for the same object where it was; null where the server
    /// serves none.</returns>
    /// <param name="warm">Loads a candidate for a while.</param>
    /// <param name="measure">One measurement.</param>
    public Entry? Best(IServer server, Cell cell, Action<Candidate, Cell> warm, Func<Candidate, Cell, Sample> measure) => _preparation.Best(
        server, cell, keepsChoice: true, candidate => warm(candidate, cell), candidate => measure(candidate, cell));

    /// <param name="measure">One measurement.</param>
    /// <param name="warm">Loads a candidate for a while.</param>
    /// <returns>Null where no server serves any of the cells.</returns>
    public Result? Run(
        CellGroup cells, IReadOnlyList<IServer> servers, string unit, int rounds, Func<Candidate, Cell, Sample> measure,
        Action<Candidate, Cell> warm)
    {
        Entry[] entries =
        [
            .. from cell in cells.Cells
               from server in servers
               let best = _preparation.Best(
                   server, cell, cells.IsOfCurve, candidate => warm(candidate, cell), candidate => measure(candidate, cell))
               where best is not null
               select best,
        ];
        return entries.Length == 0
            ? null
            : new Result(cells.Name, unit, new Contest(rounds, attempts).Run(
                entries, entry => measure(entry.Candidate, entry.Cell), entry => processes.LastWords(entry.Candidate)));
    }
}
