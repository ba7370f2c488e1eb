namespace TlsProxy.Bench.Load.Report;

/// <summary>What a server costs while nobody asks it for anything.</summary>
/// <param name="Kibibytes">Of the server's process, resident, for each idle TLS connection; the kernel's own for its sockets are not among
/// them.</param>
/// <param name="MillisecondsWithNone">Of processor time a second, without a connection.</param>
/// <param name="MillisecondsWithMany">The same with idle TLS connections.</param>
internal sealed record IdleResult(string Server, double Kibibytes, double MillisecondsWithNone, double MillisecondsWithMany);
