using TlsProxy.Proxy.Tests.Connections.Faults;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>A time of day that is a point of a plan: it is read in the middle of what callbacks do.</summary>
internal sealed class FaultingTime(TimeProvider time, FaultPlan plan) : TimeProvider
{
    public override DateTimeOffset GetUtcNow()
    {
        plan.Pass("the time of day");
        return time.GetUtcNow();
    }
}
