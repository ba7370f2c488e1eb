using System.Globalization;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What only experiments change. One table gives names, limits and defaults to the parser and to <c>--help</c>.</summary>
internal static class Tuning
{
    private static readonly Parameter[] Parameters =
    [
        OfRing("ring-entries", "entries, a power of two", 4, 32768, 1024, (ring, value) => ring with { Entries = value }),
        OfRing("submit-batch", "operations submitted at once within a turn; 0 submits once a turn", 0, 4096, 0,
            (ring, value) => ring with { SubmitBatch = value }),
        OfChannel(ChunkSize, "bytes of one send in plaintext or by kernel TLS, a multiple of 4096", ChunkUnit, 16 << 20,
            new ChannelOptions().ChunkBytes, (channel, value) => channel with { ChunkBytes = value }),
        OfRing("multishot", "0 or 1: multishot accept and receive", 0, 1, 1, (ring, value) => ring with { Multishot = value == 1 }),
        OfRing("send-zc", "0 or 1: zero-copy sends on plaintext connections", 0, 1, 0,
            (ring, value) => ring with { SendZeroCopy = value == 1 }),
        OfRing("fixed-buffers", "0 or 1: sends out of buffers registered with the ring", 0, 1, 0,
            (ring, value) => ring with { FixedBuffers = value == 1 }),
        OfChannel(KeyRecords, "TLS records that one key protects at most", ChannelOptions.KeyRecordsLeast, ChannelOptions.KeyRecordsMost,
            ChannelOptions.KeyRecordsMost, (channel, value) => channel with { KeyRecordsMaximum = value }),
    ];

    private const string ChunkSize = "chunk-size";
    private const int ChunkUnit = 4096;
    private const string KeyRecords = "key-records";

    /// <summary>The parameters for <c>--help</c>.</summary>
    public static string Help => string.Join("; ", Parameters.Select(parameter => string.Create(
        CultureInfo.InvariantCulture,
        $"{parameter.Name} ({parameter.Unit}; {parameter.Minimum} to {parameter.Maximum}, default {parameter.Default})")))
        + $"; all but {ChunkSize} and {KeyRecords} on io_uring only";

    /// <summary>Applies <c>name=value</c> settings.</summary>
    /// <param name="error">One sentence when a setting is wrong; null otherwise.</param>
    public static Tuned Apply(IEnumerable<string> settings, RingOptions ring, out string? error)
    {
        var tuned = new Tuned(ring, new ChannelOptions());
        error = null;
        foreach (var setting in settings)
        {
            var parts = setting.Split('=', 2);
            var parameter = Array.Find(Parameters, known => known.Name == parts[0]);
            if (parameter is null)
            {
                error = $"--tune {setting}: there is no parameter {parts[0]}; "
                    + $"known are {string.Join(", ", Parameters.Select(known => known.Name))}.";
                return tuned;
            }

            if (parts.Length < 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value < parameter.Minimum || value > parameter.Maximum
                || (parameter.Name == ChunkSize && value % ChunkUnit != 0)
                || (parameter.Name == "ring-entries" && !System.Numerics.BitOperations.IsPow2(value)))
            {
                error = $"--tune {setting}: write {parameter.Name}=N with N "
                    + $"from {parameter.Minimum} to {parameter.Maximum} ({parameter.Unit}).";
                return tuned;
            }

            tuned = parameter.Set(tuned, value);
        }

        return tuned;
    }

    /// <summary>Those of the settings that only io_uring has, as they are written.</summary>
    public static IEnumerable<string> RingSettings(IEnumerable<string> settings) =>
        settings.Where(setting => setting.Split('=')[0] is not (ChunkSize or KeyRecords)).Select(setting => $"--tune {setting}");

    private static Parameter OfRing(
        string name, string unit, int minimum, int maximum, int standard, Func<RingOptions, int, RingOptions> set) =>
        new(name, unit, minimum, maximum, standard, (tuned, value) => tuned with { Ring = set(tuned.Ring, value) });

    private static Parameter OfChannel(
        string name, string unit, int minimum, int maximum, int standard, Func<ChannelOptions, int, ChannelOptions> set) =>
        new(name, unit, minimum, maximum, standard, (tuned, value) => tuned with { Channel = set(tuned.Channel, value) });

    private sealed record Parameter(string Name, string Unit, int Minimum, int Maximum, int Default, Func<Tuned, int, Tuned> Set);
}
