namespace TlsProxy.Bench.Load.Servers;

/// <summary>A server that is measured.</summary>
internal interface IServer
{
    string Name { get; }

    /// <summary>Whether it is measured because rivals were asked for, and so in every comparison.</summary>
    bool IsRival => false;

    /// <summary>Its version, and that of its libssl.</summary>
    string Version { get; }

    /// <summary>How the server has made records where it chose itself, as in "makes records in user space"; null where it has no
    /// choice.</summary>
    string? ChoiceOfRecords => null;

    /// <summary>The configurations that may be best for a cell; none where it can't serve the transport or do the work.</summary>
    IReadOnlyList<Candidate> CandidatesOf(Cell cell) => cell.Work == Work.Hit ? Candidates(cell) : Forwarding(cell);

    /// <summary>Those for a cell of hits.</summary>
    IReadOnlyList<Candidate> Candidates(Cell cell);

    /// <summary>Those for a cell in which the origin is asked.</summary>
    IReadOnlyList<Candidate> Forwarding(Cell cell) => [];
}
