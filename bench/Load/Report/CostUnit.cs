namespace TlsProxy.Bench.Load.Report;

/// <summary>What the cost of a request is counted in: the microseconds of a <see cref="Measuring.Sample"/>, or where a nanosecond of the
/// clock is an instruction, thousands of those.</summary>
/// <param name="Name">Of costs per request, in tables and charts.</param>
/// <param name="InWords">In a sentence.</param>
/// <param name="ForBytes">Follows costs of bodies in a sentence: for 10⁹ bytes in seconds, or for one in instructions.</param>
/// <param name="Property">Of costs per request, in JSON.</param>
/// <param name="PropertyForBytes">Of costs of bodies, in JSON.</param>
internal sealed record CostUnit(string Name, string InWords, string ForBytes, string Property, string PropertyForBytes)
{
    public static CostUnit ProcessorTime { get; } = new(
        "CPU µs", "CPU time", "CPU s per GB", "processorMicroseconds", "processorSecondsPerGigabyte");

    public static CostUnit Instructions { get; } = new(
        "k instructions", "instructions", "instructions per byte", "thousandInstructions", "instructionsPerByte");
}
