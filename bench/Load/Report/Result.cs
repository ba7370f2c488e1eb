using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>A comparison that was made: its servers, the reference last.</summary>
/// <param name="Unit">What is counted: requests, or connections.</param>
internal sealed record Result(string Cell, string Unit, IReadOnlyList<Standing> Standings)
{
    /// <summary>What a standing's ratios are to: the last server's in the same cell.</summary>
    public Standing ReferenceOf(Standing standing) => Standings.Last(other => other.Entry.Cell == standing.Entry.Cell);
}
