using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TlsProxy.Integration.Tests.Harness;

namespace TlsProxy.Soak.Checks;

/// <summary>What a proxy holds when nothing is asked of it.</summary>
internal sealed record ProxyState(
    long RentedSegments, long RentedBytes, long MappedBytes, long Slots, long Timers, long Descriptors, long HeapBytes, long ResidentBytes)
{
    private const long HeapGrowthAtMost = 2 << 20;

    /// <summary>
    /// The pool keeps one empty slab of each size up to 64 KiB that was used once, and so does each worker's pool of uploads for its two
    /// sizes; these are the bytes of all together. Sizes that the first minute didn't use may have been used since.
    /// </summary>
    private const long MappedAtRest = 14 << 20;

    // The runtime's shared pool of arrays gives back what nobody has rented for a minute, at the collections after it.
    private static readonly TimeSpan CollectionLimit = TimeSpan.FromSeconds(150);

    /// <summary>What has grown since an earlier state more than it may, as sentences.</summary>
    public IEnumerable<string> FindGrowth(ProxyState before)
    {
        (string Name, long Before, long Now, long AtMost)[] compared =
        [
            ("rented segments", before.RentedSegments, RentedSegments, 0),
            ("rented native bytes", before.RentedBytes, RentedBytes, 0),
            ("mapped native bytes", Math.Max(before.MappedBytes, MappedAtRest), MappedBytes, 0),
            ("operation slots", before.Slots, Slots, 0),
            ("timers", before.Timers, Timers, 0),
            ("descriptors", before.Descriptors, Descriptors, 0),
            ("managed bytes", before.HeapBytes, HeapBytes, HeapGrowthAtMost),
        ];
        return compared.Where(one => one.Now > one.Before + one.AtMost)
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Name} grew from {one.Before:n0} to {one.Now:n0}"));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{RentedSegments} segments of {RentedBytes:n0} bytes rented, {MappedBytes:n0} mapped, {Slots} slots, {Timers} timers, "
        + $"{Descriptors} descriptors, {HeapBytes:n0} managed bytes, RSS {ResidentBytes:n0}");

    /// <summary>Waits until nothing is in flight, empties the cache, collects the managed heap, and measures.</summary>
    /// <param name="before">
    /// An earlier state, for whose descriptors is waited: the proxy sees the end of an origin's connection when it looks.
    /// </param>
    /// <exception cref="TimeoutException">Something stays in flight.</exception>
    public static async Task<ProxyState> MeasureAsync(ProxyProcess proxy, ProxyState? before)
    {
        await proxy.WaitUntilAsync(
            now => now is { OpenConnections: 0, FetchesInFlight: 0, Subscribers: 0, HandshakesHeld: 0 }, "nothing in flight");
        await proxy.PostAsync("cache/clear");
        var heapBytes = await CollectAsync(proxy, before is null ? long.MaxValue : before.HeapBytes + HeapGrowthAtMost);
        var now = await proxy.WaitUntilAsync(now => now is { CacheEntries: 0, ArrivingBytes: 0 }, "an empty cache");
        // The connection that asked the admin address last may be open for a moment yet.
        var descriptors = proxy.CountDescriptors();
        if (before is not null)
        {
            now = await proxy.WaitUntilAsync(
                _ => (descriptors = proxy.CountDescriptors()) <= before.Descriptors, $"{before.Descriptors} descriptors");
        }

        return new ProxyState(
            now.RentedSegments, now.RentedBytes, now.MappedBytes, now.SlotsInUse, now.Timers, descriptors, heapBytes,
            proxy.ReadResidentBytes());
    }

    /// <summary>Collects the managed heap until it is as small as it should be, or for as long as that may take.</summary>
    /// <returns>
    /// Bytes that the last collection left, as its answer says. The statistics say more: each reading of them leaves garbage of its own.
    /// </returns>
    private static async Task<long> CollectAsync(ProxyProcess proxy, long atMost)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var (_, answer) = await proxy.PostAsync("memory/collect");
            using var collected = JsonDocument.Parse(answer);
            var heapBytes = collected.RootElement.GetProperty("heapBytes").GetInt64();
            if (heapBytes <= atMost || clock.Elapsed >= CollectionLimit)
                return heapBytes;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }
}
