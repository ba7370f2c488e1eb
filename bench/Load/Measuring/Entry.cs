using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>A server's part in a comparison.</summary>
/// <param name="Server">The server's name, whatever its configuration.</param>
/// <param name="Candidate">The configuration that is measured.</param>
internal sealed record Entry(string Server, Cell Cell, Candidate Candidate);
