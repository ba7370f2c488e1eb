using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What an object costs a server in processor time, and so what one processor could do.</summary>
/// <param name="Microseconds">Of processor time per request.</param>
/// <param name="Bytes">Of the object.</param>
internal sealed record Cost(double Microseconds, int Bytes)
{
    /// <summary>Seconds of processor time for 10⁹ bytes of bodies.</summary>
    public double SecondsPerGigabyte => Microseconds * 1000 / Bytes;

    /// <summary>Requests a second that fill one processor.</summary>
    public double RequestsPerCore => 1e6 / Microseconds;

    /// <summary>10⁹ bytes of bodies a second that fill one processor.</summary>
    public double GigabytesPerCore => 1 / SecondsPerGigabyte;

    /// <returns>Null where no round gave a figure, or the clock of the kernel is too coarse for one.</returns>
    public static Cost? Of(Standing standing) =>
        standing.ProcessorMicroseconds is { Median: > 0 } spread ? new Cost(spread.Median, standing.Entry.Cell.Object.Bytes) : null;
}
