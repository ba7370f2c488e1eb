namespace TlsProxy.Bench.Load.Questions;

/// <summary>A question about how the proxy is built or set, and the measurements that answer it.</summary>
/// <param name="Subject">What it is about, in a few words.</param>
/// <param name="Title">The question.</param>
/// <param name="Why">Why the answer isn't known without measuring.</param>
/// <param name="Variants">The settings; the first is the default, which all others are compared with.</param>
/// <param name="Cells">Loads as fast as the server answers; CPU time per request answers the question. The first tell most.</param>
/// <param name="Rates">Loads at a constant rate; latency answers it too. The first tell most.</param>
internal sealed record Question(
    string Subject, string Title, string Why, IReadOnlyList<Variant> Variants, IReadOnlyList<Cell> Cells, IReadOnlyList<RatedCell> Rates)
{
    /// <summary>In names of files and blocks, and what <c>--questions TEXT</c> is compared with.</summary>
    public string Name => Subject.Replace(' ', '-').Replace('_', '-').ToLowerInvariant();
}
