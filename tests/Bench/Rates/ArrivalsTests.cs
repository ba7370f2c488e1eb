using System.Diagnostics;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Tests.Rates;

public sealed class ArrivalsTests
{
    [Fact]
    public void Requests_are_due_at_a_constant_rate_from_the_start_on()
    {
        var arrivals = new Arrivals(start: 1000, perSecond: 4, count: 3);

        Assert.True(arrivals.TryTake(out var first));
        Assert.True(arrivals.TryTake(out var second));
        Assert.True(arrivals.TryTake(out var third));
        Assert.False(arrivals.TryTake(out _));
        Assert.Equal([1000, 1000 + (Stopwatch.Frequency / 4), 1000 + (Stopwatch.Frequency / 2)], [first, second, third]);
    }

    [Fact]
    public void Each_request_is_taken_once_by_whichever_client()
    {
        var arrivals = new Arrivals(start: 0, perSecond: Stopwatch.Frequency, count: 10_000);
        var taken = new bool[10_000];

        Parallel.For(0, 4, _ =>
        {
            while (arrivals.TryTake(out var due))
                taken[due] = !taken[due];
        });

        Assert.DoesNotContain(false, taken);
    }
}
