using System.Diagnostics;
using System.Globalization;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>What else the machine does. It disturbs figures by more than most changes are worth: others' work takes the processor's
/// caches.</summary>
internal sealed class OtherLoad(TimeSpan patience)
{
    /// <summary>The share of a processor's time that others may take without a measurement being made again.</summary>
    public const double Tolerated = 0.05;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);
    private TimeSpan _patience = patience;

    /// <summary>Whether there is time left to wait and to measure again.</summary>
    public bool IsPatient => _patience > TimeSpan.Zero;

    /// <summary>Milliseconds that a processor has been busy, to ten (proc(5), /proc/stat).</summary>
    public static double BusyMilliseconds(int processor)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"cpu{processor} ");
        var line = File.ReadLines("/proc/stat").First(text => text.StartsWith(name, StringComparison.Ordinal));
        var ticks = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(text => long.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        // All but idle and waiting for a device.
        return 10.0 * (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]);
    }

    /// <summary>Waits until both processors are quiet, as long as there is patience.</summary>
    public void WaitUntilQuiet()
    {
        while (IsPatient && Share() > Tolerated)
            _patience -= Look;
    }

    /// <summary>Takes the time of a measurement that is to be made again off what is left.</summary>
    public void Spend(TimeSpan time) => _patience -= time;

    private static double Share()
    {
        var clock = Stopwatch.StartNew();
        var before = BusyMilliseconds(Machine.ServerProcessor) + BusyMilliseconds(Machine.ClientProcessor);
        Thread.Sleep(Look);
        var busy = BusyMilliseconds(Machine.ServerProcessor) + BusyMilliseconds(Machine.ClientProcessor) - before;
        return busy / clock.Elapsed.TotalMilliseconds;
    }
}
