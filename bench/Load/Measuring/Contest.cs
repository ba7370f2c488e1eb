using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Measures servers against a reference, in rounds: each round measures every one of them, the next in the opposite order, so that what the
/// machine does meanwhile meets all alike and falls out of the ratios.</summary>
internal static class Contest
{
    /// <param name="reference">Among the candidates.</param>
    /// <param name="measure">One measurement of a candidate.</param>
    public static IReadOnlyList<Standing> Run(
        IReadOnlyList<Candidate> candidates, Candidate reference, int rounds, Func<Candidate, Sample> measure)
    {
        var samples = candidates.ToDictionary(candidate => candidate, _ => new List<Sample>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var candidate in round % 2 == 0 ? candidates : candidates.Reverse())
                samples[candidate].Add(measure(candidate));
        }

        return
        [
            .. candidates.Select(candidate => new Standing(
                candidate,
                samples[candidate],
                [.. samples[candidate].Zip(samples[reference], (own, other) => own.ProcessorMicroseconds / other.ProcessorMicroseconds)])),
        ];
    }

    /// <summary>The candidate with the least processor time per request in one measurement each.</summary>
    public static Candidate Best(IReadOnlyList<Candidate> candidates, Func<Candidate, Sample> measure) =>
        candidates.Count == 1 ? candidates[0] : candidates.MinBy(candidate => measure(candidate).ProcessorMicroseconds)!;
}
