using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>What a question's measurements gave.</summary>
/// <param name="Costs">Its variants in each cell, the default last; null where nothing could be measured.</param>
/// <param name="Rates">Latencies, a comparison for each rate.</param>
/// <param name="PollShares">The share of CPU time that a kernel thread took, where there was one.</param>
internal sealed record QuestionResult(
    Question Question, Result? Costs, IReadOnlyList<RateResult> Rates, IReadOnlyDictionary<(string Variant, Cell Cell), Spread> PollShares)
{
    public Variant Default => Question.Variants[0];

    /// <summary>Each cell's standings in the order of the variants.</summary>
    public IEnumerable<IGrouping<Cell, Standing>> Cells => (Costs?.Standings ?? [])
        .OrderBy(standing => PlaceOf(standing.Entry.Server)).GroupBy(standing => standing.Entry.Cell)
        .OrderBy(group => Question.Cells.TakeWhile(cell => cell != group.Key).Count());

    /// <summary>CPU time per request by the default's in the same rounds; null for the default, and without figures.</summary>
    public Spread? RatioOf(Standing standing)
    {
        bool IsReference(Standing other) => other.Entry.Cell == standing.Entry.Cell && other.Entry.Server == Default.Name;
        return standing.Entry.Server != Default.Name && Costs!.Standings.FirstOrDefault(IsReference) is { } reference
            ? standing.RatioTo(reference)
            : null;
    }

    /// <summary>The place of a variant in the question.</summary>
    public int PlaceOf(string variant) => Question.Variants.TakeWhile(known => known.Name != variant).Count();
}
