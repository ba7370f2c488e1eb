namespace TlsProxy.Bench.Load.Rates;

/// <summary>The time by which a load is paced and latencies are measured, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
internal interface IPaceClock
{
    long Now { get; }

    /// <summary>To be called once on each thread that will wait.</summary>
    void Prepare();

    /// <summary>Returns when <see cref="Now"/> has reached a time.</summary>
    void WaitUntil(long due);
}
