using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>A comparison that was made: its servers, the reference last.</summary>
/// <param name="Unit">What is counted: requests, or connections.</param>
internal sealed record Result(string Cell, string Unit, IReadOnlyList<Standing> Standings);

/// <summary>Memory of an idle connection.</summary>
/// <param name="Kibibytes">Resident, of the server's process.</param>
internal sealed record IdleResult(string Server, double Kibibytes);
