using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>One measurement of fast clients at a constant rate, alone and beside slow readers.</summary>
/// <param name="KibibytesPerSecond">What each slow reader got.</param>
/// <param name="ResidentMebibytes">Of the server's processes, beside slow readers.</param>
/// <param name="KibibytesEach">By which the server grew for each slow reader.</param>
internal sealed record SlowReadersSample(
    RateSample Alone, RateSample Beside, double KibibytesPerSecond, double ResidentMebibytes, double KibibytesEach);
