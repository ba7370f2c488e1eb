using System.Globalization;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>How a cache is filled with many small objects, and what is asked of it meanwhile.</summary>
internal static class EntriesPlan
{
    /// <summary>Hits due a second while the cache fills: a small part of what a server can answer, so that each waits for the server
    /// alone.</summary>
    public const double HitsPerSecond = 200;

    public const int HitConnections = 8;

    /// <summary>Misses due a second. A server that is slower is filled as fast as it goes.</summary>
    public const double MissesPerSecond = 20_000;

    public const int MissConnections = 16;

    /// <summary>Misses before the measurement. Compiled code, and memory that a server takes once, don't count as memory of
    /// entries.</summary>
    public const int Warming = 10_000;

    /// <summary>What a server with this many misses a second would take is waited for, and no longer.</summary>
    private const double SlowestMissesPerSecond = 2000;

    /// <summary>What an entry may take of a machine's memory, its body included: more than any build has needed.</summary>
    private const long BytesOfEntry = 8 * 1024;

    /// <summary>A process starts, connections open, and memory settles.</summary>
    private const double AroundSeconds = 10;

    /// <summary>The body of each entry, and the object of the hits.</summary>
    public static Payload Object { get; } = new(1024);

    public static Cell Hits { get; } = new(Transport.Plaintext, Object, HitConnections);

    /// <summary>The options of a run of entries, whose every round fills a cache.</summary>
    /// <param name="rounds">As the user asked.</param>
    /// <exception cref="BenchException">That is no number of entries.</exception>
    public static BenchOptions Timed(BenchOptions options, int entries, int? rounds) => options with
    {
        Entries = entries > 0 ? entries : throw new BenchException($"--entries {entries}: ask for one at least, such as 1000000."),
        Objects = [Object],
        Rounds = rounds ?? 1,
        Limit = TimeSpan.MaxValue,
    };

    /// <summary>Room for all entries, so that none is evicted.</summary>
    public static string[] ServerOptions(int entries) =>
    [
        "--cache-size", ((entries + Warming) * BytesOfEntry).ToString(CultureInfo.InvariantCulture),
        "--cache-objects", (entries + Warming + 1000).ToString(CultureInfo.InvariantCulture),
    ];

    /// <summary>Bytes of memory that a measurement may take.</summary>
    public static long Memory(int entries) => (entries + Warming) * BytesOfEntry;

    /// <summary>Seconds that a measurement is to take.</summary>
    public static double Seconds(int entries) => AroundSeconds + (entries / MissesPerSecond);

    /// <summary>After which a cache that isn't full is given up.</summary>
    public static TimeSpan LimitOf(int entries) => TimeSpan.FromSeconds(30 + (entries / SlowestMissesPerSecond));

    /// <summary>As failures name it.</summary>
    public static string NameOf(int entries) => string.Create(CultureInfo.InvariantCulture, $"{entries:N0} entries");
}
