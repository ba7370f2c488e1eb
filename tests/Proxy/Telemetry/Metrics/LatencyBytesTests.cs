using TlsProxy.Proxy.Telemetry.Metrics;
using TlsProxy.Proxy.Tests.Hosting.Memory;

namespace TlsProxy.Proxy.Tests.Telemetry.Metrics;

[Collection("alone")]
public sealed class LatencyBytesTests
{
    private const int Workers = 100;

    [Fact]
    public void The_histograms_of_a_worker_take_what_is_counted_for_them()
    {
        var held = HeldBytes.Of(() => Enumerable.Range(0, Workers).Select(_ => new WorkerLatencies()).ToArray());

        Assert.InRange(held, Workers * WorkerLatencies.Bytes / 2, Workers * (WorkerLatencies.Bytes + 256));
    }
}
