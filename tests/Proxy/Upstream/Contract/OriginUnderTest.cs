using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>One client of an origin, with what it needs.</summary>
internal sealed class OriginUnderTest : IDisposable
{
    private readonly OriginLoop _loop;

    private OriginUnderTest(OriginLoop loop) => _loop = loop;

    public IOrigin Origin => _loop.Origin;

    /// <param name="time">The clock of its deadlines; null for the real one.</param>
    /// <param name="faults">Where the faults of exchanges are counted; null where there may be none.</param>
    public static OriginUnderTest Create(OriginKind kind, OriginOptions options, SteppedTime? time = null, FaultLedger? faults = null) =>
        new(new OriginLoop(kind, options, time, faults));

    public void Dispose() => _loop.Dispose();
}
