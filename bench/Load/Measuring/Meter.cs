using System.Diagnostics;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>Measures a server once while it is loaded.</summary>
internal sealed class Meter(Wrk wrk, OtherLoad others)
{
    /// <summary>Measures once more while others disturb and there is patience.</summary>
    public Sample Measure(Candidate candidate, Cell cell, int seconds)
    {
        while (true)
        {
            others.WaitUntilQuiet();
            var sample = MeasureNow(candidate, cell, seconds);
            if (sample.Disturbance <= OtherLoad.Tolerated || !others.IsPatient)
                return sample;
            others.Spend(TimeSpan.FromSeconds(seconds));
        }
    }

    private Sample MeasureNow(Candidate candidate, Cell cell, int seconds)
    {
        var clock = Stopwatch.StartNew();
        var busy = OtherLoad.BusyMilliseconds(Machine.ServerProcessor);
        var time = candidate.ProcessorTime();
        var load = Task.Run(() => wrk.Run(candidate.Url, cell, seconds));
        var (enters, allocated) = candidate.Counters is { } counters ? Count(counters, seconds) : (null, null);
        var (requests, perSecond) = load.GetAwaiter().GetResult();
        time = candidate.ProcessorTime() - time;
        busy = OtherLoad.BusyMilliseconds(Machine.ServerProcessor) - busy - (time / 1e6);
        return requests == 0
            ? throw new BenchException($"{candidate.Name} answered nothing within {seconds} s.")
            : new Sample(perSecond, time / 1000.0 / requests, enters, allocated, Math.Max(0, busy / clock.Elapsed.TotalMilliseconds));
    }

    /// <summary>Counts per request in the middle of the load, when connections are neither made nor closed.</summary>
    private static (double? Enters, double? AllocatedBytes) Count(ProxyCounters counters, int seconds)
    {
        Thread.Sleep(TimeSpan.FromSeconds(seconds * 0.3));
        // Twice: what a reading allocates itself isn't the requests'.
        var first = counters.Read();
        var before = counters.Read();
        Thread.Sleep(TimeSpan.FromSeconds(seconds * 0.4));
        var after = counters.Read();
        var requests = Math.Max(1, after.Requests - before.Requests);
        var reading = before.AllocatedBytes - first.AllocatedBytes;
        return (
            (double)(after.Enters - before.Enters) / requests,
            Math.Max(0, (double)(after.AllocatedBytes - before.AllocatedBytes - reading) / requests));
    }
}
