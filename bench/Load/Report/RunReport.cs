using TlsProxy.Bench.Load.Entries;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Instructions;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Questions;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What a run has found out so far.</summary>
internal sealed class RunReport
{
    /// <summary>What was measured on and with, in the order in which it is told.</summary>
    public required Dictionary<string, string> Circumstances { get; init; }

    /// <summary>Objects over every transport, and new connections.</summary>
    public List<Result> Results { get; } = [];

    /// <summary>Requests that were passed on to the origin.</summary>
    public List<Result> Forwarding { get; } = [];

    /// <summary>One object on more and more connections.</summary>
    public List<Result> Sweep { get; } = [];

    /// <summary>Latencies at constant rates.</summary>
    public List<RateResult> Rates { get; } = [];

    /// <summary>What servers do that are asked for more than they can answer.</summary>
    public List<RateResult> PastSaturation { get; } = [];

    /// <summary>Fast clients beside slow readers.</summary>
    public List<SlowReadersStanding> SlowReaders { get; } = [];

    /// <summary>An arriving object to subscribers, the reference of each transport last.</summary>
    public List<FanOutStanding> FanOut { get; } = [];

    /// <summary>Caches that were filled.</summary>
    public List<EntriesStanding> Entries { get; } = [];

    public List<IdleResult> Idle { get; } = [];

    /// <summary>What costs are counted in.</summary>
    public CostUnit Unit { get; init; } = CostUnit.ProcessorTime;

    /// <summary>What the kernel's TLS copied, where it was counted.</summary>
    public List<CopyProof> Copies { get; } = [];

    /// <summary>Answers to questions, whose measurements stand in <see cref="Results"/> and <see cref="Rates"/>, too.</summary>
    public List<QuestionResult> Questions { get; } = [];

    public required Func<IReadOnlyList<Failure>> Failures { get; init; }

    /// <summary>What TLS costs, in words; the last is the one that a run is made for.</summary>
    public IReadOnlyList<string> Sentences { get; set; } = [];

    /// <summary>The servers of all comparisons, in their order.</summary>
    public IEnumerable<string> Servers => InTable.SelectMany(result => result.Standings).Select(standing => standing.Entry)
        .Concat(Rates.Concat(PastSaturation).SelectMany(result => result.Standings).Select(standing => standing.Entry))
        .Concat(FanOut.Select(standing => standing.Entry))
        .Concat(SlowReaders.Select(standing => standing.Entry))
        .Select(entry => entry.Server).Concat(Idle.Select(idle => idle.Server)).Distinct();

    /// <summary>What stands in the table of costs.</summary>
    public IEnumerable<Result> InTable => Results.Concat(Forwarding).Concat(Sweep);

    public bool IsEmpty => !Servers.Any();
}
