using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Servers;

/// <summary>One way in which a server serves a cell.</summary>
/// <param name="Name">Server and configuration.</param>
/// <param name="ProcessId">Whose processor time counts.</param>
/// <param name="Url">Of the cell's object.</param>
/// <param name="Counters">The server's own counters, where it has some.</param>
/// <param name="IsCompiledOnTheWay">The server's code gets better while it runs, so it is loaded for a while before it is measured.</param>
internal sealed record Candidate(string Name, int ProcessId, string Url, ProxyCounters? Counters = null, bool IsCompiledOnTheWay = false)
{
    /// <summary>Further processes of the server.</summary>
    public IReadOnlyList<int> MoreProcessIds { get; init; } = [];

    /// <summary>Those that the server starts itself, found when they are first asked for: once it serves.</summary>
    public Lazy<IReadOnlyList<int>>? Children { get; init; }

    /// <summary>Those that were started for it, without their children.</summary>
    public IEnumerable<int> StartedIds => [ProcessId, .. MoreProcessIds];

    public IEnumerable<int> ProcessIds => [.. StartedIds, .. Children?.Value ?? []];

    /// <summary>Nanoseconds that the server's processes have run.</summary>
    /// <exception cref="BenchException">One of them has ended.</exception>
    public long ProcessorTime() => ProcessIds.Sum(Measuring.ProcessorTime.Of);

    /// <summary>Whether the processes that were started for it still run; it need not serve yet.</summary>
    /// <exception cref="BenchException">One of them has ended.</exception>
    public void CheckRuns()
    {
        foreach (var id in StartedIds)
            Measuring.ProcessorTime.Of(id);
    }
}
