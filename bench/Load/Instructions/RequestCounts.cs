namespace TlsProxy.Bench.Load.Instructions;

/// <summary>How many requests for one object make a measurement. Fixed numbers make two runs comparable, and emulated processors have no
/// speed by which a time would be chosen.</summary>
/// <param name="Warming">Before a server whose code is compiled on the way is measured at all.</param>
/// <param name="Window">Of one measurement.</param>
/// <param name="Probed">While the kernel's copies are counted.</param>
internal sealed record RequestCounts(int Warming, int Window, int Probed)
{
    /// <summary>Small objects need more requests until the runtime has compiled what they run through, and cost less each.</summary>
    public static RequestCounts Of(Payload item) => item.Bytes switch
    {
        <= 4 * 1024 => new RequestCounts(Warming: 4000, Window: 1000, Probed: 100),
        <= 32 * 1024 => new RequestCounts(Warming: 2000, Window: 500, Probed: 100),
        <= 256 * 1024 => new RequestCounts(Warming: 800, Window: 200, Probed: 40),
        _ => new RequestCounts(Warming: 200, Window: 80, Probed: 20),
    };
}
