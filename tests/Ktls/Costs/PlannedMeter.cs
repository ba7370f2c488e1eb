using TlsProxy.Ktls.Costs;

namespace TlsProxy.Ktls.Tests.Costs;

/// <summary>Tells planned costs in nanoseconds, the last again and again, and lets time pass with each.</summary>
internal sealed class PlannedMeter(SteppedTime time, TimeSpan each, params long?[] costs) : IRecordMeter
{
    public int Sent { get; private set; }

    public long? TrySend(int bytes, Func<bool> isOver)
    {
        time.Pass(each);
        return costs[Math.Min(Sent++, costs.Length - 1)];
    }
}
