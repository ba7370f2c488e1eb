using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Makes a server ready for a cell: waits until it serves, warms what is compiled on the way, and tries which configuration is
/// best. A configuration that fails is left out.</summary>
internal sealed class Preparation(Attempts attempts, Func<Candidate, string?> words)
{
    private readonly Dictionary<(string Server, Transport Transport, Payload Object, Work Work), string> _chosen = [];

    /// <param name="keepsChoice">The configuration that was best for the same object on another number of connections will do.</param>
    /// <param name="warm">Loads a candidate for a while.</param>
    /// <param name="measure">One measurement.</param>
    /// <returns>The entry with the least processor time per request, or null where the server can't serve the cell.</returns>
    public Entry? Best(IServer server, Cell cell, bool keepsChoice, Action<Candidate> warm, Func<Candidate, Sample> measure)
    {
        var key = (server.Name, cell.Transport, cell.Object, cell.Work);
        var known = !keepsChoice ? null : _chosen.GetValueOrDefault(key);
        Candidate[] candidates = [.. server.CandidatesOf(cell).Where(candidate => known is null || candidate.Name == known)];
        Entry? best = null;
        var least = double.PositiveInfinity;
        foreach (var candidate in candidates)
        {
            var cost = attempts.Try(
                candidate.Name, cell.Name, round: 0, () => Cost(candidate, isOneOfMany: candidates.Length > 1, warm, measure),
                () => words(candidate));
            if (cost is not { } found || found.Microseconds >= least)
                continue;
            least = found.Microseconds;
            best = new Entry(server.Name, cell, candidate);
        }

        if (best is not null)
            _chosen[key] = best.Candidate.Name;
        return best;
    }

    private static Trial Cost(Candidate candidate, bool isOneOfMany, Action<Candidate> warm, Func<Candidate, Sample> measure)
    {
        Serving.Wait(candidate);
        if (candidate.IsCompiledOnTheWay)
            warm(candidate);
        return new Trial(isOneOfMany ? measure(candidate).ProcessorMicroseconds : 0);
    }

    private sealed record Trial(double Microseconds);
}
