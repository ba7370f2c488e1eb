namespace TlsProxy.Ktls.Costs;

/// <summary>One cipher and size, measured both ways by turns.</summary>
internal sealed class CostCell(int bytes, IRecordMeter kernel, IRecordMeter userSpace)
{
    /// <summary>Fewer samples tell nothing: one of two may be an interrupt's.</summary>
    public const int SamplesLeast = 3;

    private const double NanosecondsPerMicrosecond = 1000;

    private readonly List<long> _kernel = [];
    private readonly List<long> _userSpace = [];

    public RecordCost Cost => new(bytes, Median(_kernel), Median(_userSpace));

    /// <summary>Measures both ways once.</summary>
    /// <param name="kernelFirst">Alternates, so that neither way always follows the other.</param>
    public void Measure(bool kernelFirst, Func<bool> isOver)
    {
        var first = (kernelFirst ? kernel : userSpace).TrySend(bytes, isOver);
        var second = (kernelFirst ? userSpace : kernel).TrySend(bytes, isOver);
        // Pairs alone: both ways have seen the same machine.
        if (first is not { } one || second is not { } other)
            return;
        _kernel.Add(kernelFirst ? one : other);
        _userSpace.Add(kernelFirst ? other : one);
    }

    private static double? Median(List<long> samples)
    {
        if (samples.Count < SamplesLeast)
            return null;
        var sorted = samples.Order().ToArray();
        // A clock that stands still would divide by zero.
        var middle = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0;
        return middle > 0 ? middle / NanosecondsPerMicrosecond : null;
    }
}
