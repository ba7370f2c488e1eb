using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>Compares servers by what slow readers cost them and the other clients.</summary>
/// <param name="best">The configuration of a server that is best for a cell; null where it serves none.</param>
internal sealed class SlowReadersComparing(Attempts attempts, ChildProcesses processes, Func<IServer, Cell, Entry?> best)
{
    /// <param name="advance">Called after each measurement.</param>
    public IEnumerable<SlowReadersStanding> Run(
        BenchOptions options, (Cell Fast, Cell Slow) cells, IReadOnlyList<IServer> servers, Action advance)
    {
        var load = new SlowReadersLoad(
            SlowReadersPlan.Readers, SlowReadersPlan.BytesPerSecond, new MonotonicClock(), RateLoad.Run);
        var slow = new Dictionary<Entry, Candidate>();
        foreach (var server in servers)
        {
            // The large object decides on the configuration: it is most of the work.
            var chosen = best(server, cells.Slow)?.Candidate;
            var fast = server.CandidatesOf(cells.Fast).FirstOrDefault(candidate => candidate.Name == chosen?.Name);
            if (chosen is not null && fast is not null && IsReady(fast, cells.Fast))
                slow.Add(new Entry(server.Name, cells.Fast, fast), chosen);
        }

        Entry[] entries = [.. slow.Keys];
        var rounds = new Contest(SlowReadersPlan.Rounds(options), attempts).Rounds(
            entries,
            entry => SlowReadersPlan.NameOf(entry.Cell.Transport),
            entry =>
            {
                var sample = load.Run(entry.Candidate, slow[entry], SlowReadersPlan.Rate(options));
                advance();
                return sample;
            },
            entry => processes.LastWords(entry.Candidate));
        return entries.Zip(rounds, (entry, samples) => new SlowReadersStanding(entry, samples));
    }

    private bool IsReady(Candidate candidate, Cell cell) => attempts.Try(
        candidate.Name, SlowReadersPlan.NameOf(cell.Transport), round: 0,
        () =>
        {
            Serving.Wait(candidate);
            return candidate;
        },
        () => processes.LastWords(candidate)) is not null;
}
