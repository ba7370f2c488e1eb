using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>What the proxy has told of its cache and its runtime; collections are those of a generation and the older ones.</summary>
/// <param name="Entries">Stored responses.</param>
/// <param name="Fetches">Requests to the origin since the start.</param>
internal readonly record struct EntryCounts(long Entries, long Fetches, long Gen0, long Gen1, long Gen2)
{
    public static EntryCounts Of(ProxyCounters counters) => counters.Ask(root =>
    {
        long Number(string area, string name) => root.GetProperty(area).GetProperty(name).GetInt64();
        return new EntryCounts(
            Number("cache", "entries"), Number("fetches", "started"), Number("gc", "gen0"), Number("gc", "gen1"), Number("gc", "gen2"));
    });

    /// <summary>What has been added since.</summary>
    public EntryCounts Since(in EntryCounts before) => new(
        Entries - before.Entries, Fetches - before.Fetches, Gen0 - before.Gen0, Gen1 - before.Gen1, Gen2 - before.Gen2);
}
