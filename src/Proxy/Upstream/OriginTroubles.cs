using System.Globalization;

namespace TlsProxy.Proxy.Upstream;

/// <summary>Says that the origin is in trouble: one line for each kind of failure and minute, with what clients got. Callable from any
/// thread.</summary>
/// <param name="write">Gets what failed, where with the error's name, and what clients got.</param>
internal sealed class OriginTroubles(TimeProvider time, Action<string, string, string> write)
{
    /// <summary>Logs nothing, as in tests of single parts.</summary>
    public static OriginTroubles Silent { get; } = new(TimeProvider.System, static (_, _, _) => { });

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // Guards what follows.
    private readonly Lock _gate = new();
    private readonly Dictionary<OriginFailure, Tally> _tallies = [];

    /// <summary>What the clients of a request got, in words of the log.</summary>
    /// <param name="hasBegun">The origin's answer had begun.</param>
    /// <param name="isCovered">A stale response stood in.</param>
    /// <param name="hasClients">Somebody waited.</param>
    /// <param name="failure">What those were told who waited for the head.</param>
    public static string Outcome(bool hasBegun, bool isCovered, bool hasClients, OriginFailure failure)
    {
        if (isCovered)
            return "a stale response";
        if (!hasClients)
            return "nothing, for they had left";
        return hasBegun ? "a response cut short" : OriginFailures.Of(failure).Status.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Counts a failure of the origin's, and writes the line of its kind unless one was written within the last minute.</summary>
    /// <param name="outcome">What the clients got.</param>
    public void Note(OriginFailure failure, OriginTrouble? trouble, string outcome)
    {
        if (!OriginFailures.IsUnreachable(failure))
            return;
        lock (_gate)
        {
            if (!_tallies.TryGetValue(failure, out var tally))
                _tallies.Add(failure, tally = new Tally());
            tally.Trouble = trouble;
            tally.Outcomes[outcome] = tally.Outcomes.GetValueOrDefault(outcome) + 1;
        }

        Flush();
    }

    /// <summary>Writes the lines that are due. A timer calls it, so that the failures of the last minute are told too.</summary>
    public void Flush()
    {
        var lines = new List<(string What, string Where, string Outcome)>();
        var now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var (failure, tally) in _tallies)
            {
                if (tally.Outcomes.Count == 0 || (tally.Written is { } written && time.GetElapsedTime(written, now) < Period))
                    continue;
                lines.Add((OriginFailures.Of(failure).Text.TrimEnd('.'), tally.Trouble?.ToString() ?? "no address", Outcomes(tally)));
                tally.Written = now;
                tally.Outcomes.Clear();
            }
        }

        // Not under the lock: the log may be slow.
        foreach (var (what, where, outcome) in lines)
            write(what, where, outcome);
    }

    private static string Outcomes(Tally tally) => string.Join(
        ", ", tally.Outcomes.Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Key} ({outcome.Value})")));

    /// <summary>Failures of one kind since its last line.</summary>
    private sealed class Tally
    {
        public OriginTrouble? Trouble { get; set; }

        /// <summary>When the last line was written, as a timestamp; null before the first.</summary>
        public long? Written { get; set; }

        /// <summary>Requests to the origin by what their clients got.</summary>
        public Dictionary<string, long> Outcomes { get; } = [];
    }
}
