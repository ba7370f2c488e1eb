namespace TlsProxy.Bench.Load.Servers;

/// <summary>A server that is measured.</summary>
internal interface IServer
{
    string Name { get; }

    /// <summary>Its version, and that of its libssl.</summary>
    string Version { get; }

    /// <summary>The configurations that may be best for a cell; none where it can't serve the transport.</summary>
    IReadOnlyList<Candidate> Candidates(Cell cell);
}
