using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Measures a server once while it is loaded.</summary>
internal sealed class Meter(Wrk wrk)
{
    public Sample Measure(Candidate candidate, int connections, int seconds)
    {
        var (before, costOfReading) = ReadCounters(candidate);
        var time = ProcessorTime.Of(candidate.ProcessId);
        var (requests, perSecond) = wrk.Run(candidate.Url, connections, seconds);
        time = ProcessorTime.Of(candidate.ProcessId) - time;
        if (requests == 0)
            throw new BenchException($"{candidate.Name} answered nothing within {seconds} s.");
        if (candidate.Counters is null)
            return new Sample(perSecond, time / 1000.0 / requests, null, null);
        var after = candidate.Counters.Read();
        return new Sample(
            perSecond,
            time / 1000.0 / requests,
            (double)(after.Enters - before.Enters) / requests,
            Math.Max(0, (double)(after.AllocatedBytes - before.AllocatedBytes - costOfReading) / requests));
    }

    /// <summary>Reads the counters, twice: what a reading allocates itself isn't the requests'.</summary>
    private static (ProxyCounters.Values Values, long Cost) ReadCounters(Candidate candidate)
    {
        if (candidate.Counters is not { } counters)
            return (default, 0);
        var first = counters.Read();
        var second = counters.Read();
        return (second, second.AllocatedBytes - first.AllocatedBytes);
    }
}
