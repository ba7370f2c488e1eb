namespace TlsProxy.Ktls.Costs;

/// <summary>Measures cells in rounds, each cell once a round, so that all have seen the same machine and about as many samples
/// when time runs out.</summary>
/// <param name="began">From when on the time counts, by the provider's timestamps.</param>
internal sealed class CostRounds(TimeProvider time, long began)
{
    public const int RoundsMaximum = 15;

    /// <summary>When no further round begins, where enough have been.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMilliseconds(40);

    /// <summary>When measuring ends, whatever there is by then: a slow machine starts no later.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(200);

    // A connection's sends have grown to their full size by then, and each buffer has been written to.
    private const int WarmingSends = 3;

    private bool IsOver => time.GetElapsedTime(began) >= Limit;

    /// <summary>Sends what isn't counted, so that nobody pays alone for compilation and page faults.</summary>
    public void Warm(IRecordMeter meter, int bytes)
    {
        for (var i = 0; i < WarmingSends && !IsOver; i++)
            _ = meter.TrySend(bytes, () => IsOver);
    }

    public void Run(IReadOnlyList<CostCell> cells)
    {
        for (var round = 0; round < RoundsMaximum; round++)
        {
            if (round >= CostCell.SamplesLeast && time.GetElapsedTime(began) >= Target)
                return;
            foreach (var cell in cells)
            {
                if (IsOver)
                    return;
                cell.Measure(kernelFirst: round % 2 == 0, () => IsOver);
            }
        }
    }
}
