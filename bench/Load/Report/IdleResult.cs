namespace TlsProxy.Bench.Load.Report;

/// <summary>Memory of an idle connection.</summary>
/// <param name="Kibibytes">Resident, of the server's process.</param>
internal sealed record IdleResult(string Server, double Kibibytes);
