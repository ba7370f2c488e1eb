using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>One implementation of an origin, with what it needs.</summary>
internal sealed class OriginUnderTest : IDisposable
{
    private readonly IDisposable _implementation;

    private OriginUnderTest(IOrigin origin, IDisposable implementation)
    {
        Origin = origin;
        _implementation = implementation;
    }

    public IOrigin Origin { get; }

    /// <param name="faults">Where the faults of exchanges are counted; null lets exceptions pass.</param>
    public static OriginUnderTest Create(OriginKind kind, OriginOptions options, SteppedTime? time = null, FaultLedger? faults = null)
    {
        switch (kind)
        {
            case OriginKind.HttpClient:
                var origin = new HttpClientOrigin(options, time, faults);
                return new OriginUnderTest(origin, origin);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such implementation.");
        }
    }

    public void Dispose() => _implementation.Dispose();
}
