using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>A comparison that was made: cell by cell its servers, the reference last.</summary>
/// <param name="Unit">What is counted: requests, or connections.</param>
internal sealed record Result(string Name, string Unit, IReadOnlyList<Standing> Standings)
{
    public const string Requests = "requests";
    public const string NewConnections = "connections";

    /// <summary>What a standing's ratios are to: the last server's in the same cell.</summary>
    public Standing ReferenceOf(Standing standing) => Standings.Last(other => other.Entry.Cell == standing.Entry.Cell);

    /// <summary>The same server's in plaintext; null where it wasn't measured, or in a comparison of handshakes.</summary>
    public Standing? PlaintextOf(Standing standing)
    {
        var cell = standing.Entry.Cell with { Transport = Transport.Plaintext };
        return Unit == Requests
            ? Standings.FirstOrDefault(other => other.Entry.Server == standing.Entry.Server && other.Entry.Cell == cell)
            : null;
    }
}
