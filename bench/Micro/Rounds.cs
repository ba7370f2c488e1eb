using System.Diagnostics;

namespace TlsProxy.Bench.Micro;

/// <summary>Measures benchmarks in rounds: each round runs every one of them, so that what the machine does meanwhile meets all
/// alike.</summary>
internal static class Rounds
{
    private const int Count = 7;
    private static readonly TimeSpan Warming = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(60);

    /// <param name="Nanoseconds">Processor time of one operation, the median of the rounds.</param>
    /// <param name="Fastest">Nanoseconds of the fastest round: what the operation costs undisturbed.</param>
    /// <param name="AllocatedBytes">Of one operation.</param>
    public readonly record struct Figures(double Nanoseconds, double Fastest, double AllocatedBytes);

    public static IReadOnlyList<(Benchmark Benchmark, Figures Figures)> Run(IReadOnlyList<Benchmark> benchmarks)
    {
        var operations = new int[benchmarks.Count];
        for (var i = 0; i < benchmarks.Count; i++)
        {
            benchmarks[i].Prepare();
            operations[i] = Warm(benchmarks[i]);
        }

        var nanoseconds = benchmarks.Select(_ => new double[Count]).ToArray();
        var allocated = new double[benchmarks.Count];
        for (var round = 0; round < Count; round++)
        {
            for (var i = 0; i < benchmarks.Count; i++)
                (nanoseconds[i][round], allocated[i]) = Measure(benchmarks[i], operations[i]);
        }

        return
        [
            .. benchmarks.Select((benchmark, i) =>
                (benchmark, new Figures(Median(nanoseconds[i]), nanoseconds[i].Min(), allocated[i]))),
        ];
    }

    /// <summary>The value in the middle; it sorts them.</summary>
    public static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    /// <summary>Runs until the code has been compiled for good.</summary>
    /// <returns>The operations that fill a round.</returns>
    private static int Warm(Benchmark benchmark)
    {
        var operations = 1;
        var clock = Stopwatch.StartNew();
        // Short runs and pauses between them: code is compiled again when it was called often and nothing new was compiled for a moment.
        while (clock.Elapsed < Warming)
        {
            var before = clock.Elapsed;
            benchmark.Run(operations);
            if (clock.Elapsed - before < Round / 10)
                operations *= 2;
            Thread.Sleep(1);
        }

        var (nanoseconds, _) = Measure(benchmark, operations);
        return (int)Math.Clamp(Round.TotalNanoseconds / nanoseconds, 1, int.MaxValue);
    }

    private static (double Nanoseconds, double AllocatedBytes) Measure(Benchmark benchmark, int operations)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        // Processor time, so that what else the machine does meanwhile counts less.
        var before = Environment.CpuUsage.TotalTime;
        benchmark.Run(operations);
        var elapsed = Environment.CpuUsage.TotalTime - before;
        return (elapsed.TotalNanoseconds / operations, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / operations);
    }
}
