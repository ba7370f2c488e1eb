using TlsProxy.Proxy.Upstream.Health;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Begins the health checks of all origins when they are due. Checks end on the threads of the origins.</summary>
internal sealed class HealthCheckThread : IDisposable
{
    // Of an interval, at most: checks of many proxies that were started together drift apart.
    private const double Jitter = 0.1;

    private readonly UpkeepThread _thread;

    /// <param name="checks">One at least, or the thread would be for nothing.</param>
    public HealthCheckThread(IReadOnlyList<HealthCheck> checks, FaultLedger faults)
    {
        _thread = new UpkeepThread(faults, "health checks");
        foreach (var check in checks)
        {
            UpkeepJob? job = null;
            job = _thread.Add("a health check", () =>
            {
                // First, so that a check that throws comes again.
                job!.RequestWithin(check.Interval * (1 - (Jitter * Random.Shared.NextDouble())));
                check.Begin();
            });
            job.RequestWithin(check.Interval * Random.Shared.NextDouble());
        }
    }

    public void Dispose() => _thread.Dispose();
}
