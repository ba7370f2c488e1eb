using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What one server showed in a cell.</summary>
/// <param name="Samples">One a round.</param>
/// <param name="Ratios">Its processor time per request by that of the reference in the same round; 1 is the reference itself.</param>
internal sealed record Standing(Candidate Candidate, IReadOnlyList<Sample> Samples, IReadOnlyList<double> Ratios)
{
    public double RequestsPerSecond => Median.Of(Samples.Select(sample => sample.RequestsPerSecond));

    public double ProcessorMicroseconds => Median.Of(Samples.Select(sample => sample.ProcessorMicroseconds));

    public double? Enters => Samples[0].Enters is null ? null : Median.Of(Samples.Select(sample => sample.Enters!.Value));

    public double? AllocatedBytes => Samples[0].AllocatedBytes is null ? null : Median.Of(Samples.Select(sample => sample.AllocatedBytes!.Value));

    public double Disturbance => Samples.Average(sample => sample.Disturbance);

    public double Ratio => Median.Of(Ratios);
}
