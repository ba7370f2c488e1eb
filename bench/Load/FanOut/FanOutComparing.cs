using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.FanOut;

/// <summary>Compares servers by what an arriving object costs them: makes each ready, then measures all in rounds.</summary>
/// <param name="site">Its origin gets the object from here.</param>
internal sealed class FanOutComparing(Site site, Attempts attempts, ChildProcesses processes)
{
    /// <param name="advance">Called after each measurement.</param>
    public IEnumerable<FanOutStanding> Run(CellGroup cells, IReadOnlyList<IServer> servers, int rounds, Action advance)
    {
        using var origin = new ArrivingOrigin(site.ArrivalPort, cells.Cells[0].Object);
        var load = new FanOutLoad(origin, Quiet.Wait);
        // What a server is asked for to see whether it serves is there at once.
        origin.Release($"/{Work.Arrival.Folder()}/{cells.Cells[0].Object.Name}");
        Entry[] entries =
        [
            .. from cell in cells.Cells
               from server in servers
               from candidate in server.CandidatesOf(cell)
               let entry = new Entry(server.Name, cell, candidate)
               where IsReady(entry, load)
               select entry,
        ];
        var samples = new Contest(rounds, attempts).Rounds(
            entries, entry => entry.Cell.Name, entry => Measure(entry, load, advance), Words);
        return [.. entries.Zip(samples, (entry, rounds) => new FanOutStanding(entry, rounds))];
    }

    private static FanOutSample Measure(Entry entry, FanOutLoad load, Action advance)
    {
        var sample = load.Run(entry.Candidate, entry.Cell);
        advance();
        return sample;
    }

    private bool IsReady(Entry entry, FanOutLoad load)
    {
        var tried = attempts.Try(
            entry.Candidate.Name, entry.Cell.Name, round: 0,
            () =>
            {
                Serving.Wait(entry.Candidate);
                return entry.Candidate.IsCompiledOnTheWay ? load.Run(entry.Candidate, entry.Cell) : new FanOutSample(0, 0);
            },
            () => Words(entry));
        return tried is not null;
    }

    private string? Words(Entry entry) => processes.LastWords(entry.Candidate);
}
