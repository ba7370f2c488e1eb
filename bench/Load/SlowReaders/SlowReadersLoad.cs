using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>Fast clients at a constant rate, first alone, then beside slow readers of a large object.</summary>
/// <param name="readers">How many.</param>
/// <param name="bytesPerSecond">Of each.</param>
/// <param name="clock">Paces the readers.</param>
/// <param name="measure">Measures a server at a constant rate.</param>
internal sealed class SlowReadersLoad(
    int readers, double bytesPerSecond, IPaceClock clock, Func<Candidate, Rate, RateSample> measure)
{
    /// <param name="fast">The server with what fast clients ask for.</param>
    /// <param name="slow">The same server with what slow readers ask for.</param>
    /// <exception cref="BenchException">A client of either kind failed.</exception>
    public SlowReadersSample Run(Candidate fast, Candidate slow, Rate rate)
    {
        var alone = measure(fast, rate);
        var before = ResidentMemory.Kibibytes(fast);
        using var crowd = new ReaderCrowd(slow.Url, readers, bytesPerSecond, clock);
        var beside = measure(fast, rate);
        var received = crowd.BytesPerSecond();
        var resident = ResidentMemory.Kibibytes(fast);
        return new SlowReadersSample(
            alone, beside, received / 1024, resident / 1024.0, Math.Max(0, (double)(resident - before) / readers));
    }
}
