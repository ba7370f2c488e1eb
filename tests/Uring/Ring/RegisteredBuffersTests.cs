using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Uring.Tests.Ring;

public sealed class RegisteredBuffersTests
{
    private const int Bytes = 4096;

    [Fact]
    public void A_slot_goes_to_another_region_only_when_no_entry_names_it()
    {
        var ring = RingMemory.TryCreate(new RingOptions(), out var failure);
        Assert.SkipWhen(ring is null && failure!.IsRefusal, $"SKIPPED: {failure?.Reason}");
        using var owned = ring!;
        var table = RegisteredBuffers.TryCreate(owned.Descriptor, out failure)!;
        Assert.True(table is not null, failure?.Reason);
        using var memory = Mapping.TryAnonymous(Bytes)!;
        var regions = Enumerable.Range(0, RegisteredBuffers.SlotsMaximum + 1).Select(_ => MemoryRegion.Of(memory.Address, Bytes)).ToArray();
        try
        {
            var slots = new HashSet<int>();
            foreach (var region in regions[..^1])
            {
                Assert.SkipWhen(!table.TryFind(SliceOf(region), out var slot), "SKIPPED: the kernel pins no more (ulimit -l)");
                Assert.True(slots.Add(slot));
            }

            Assert.False(table.TryFind(SliceOf(regions[^1]), out _));
            table.EndRound();
            Assert.True(table.TryFind(SliceOf(regions[^1]), out var taken));
            Assert.Contains(taken, slots);
        }
        finally
        {
            foreach (var region in regions)
                region.Forget();
        }
    }

    private static NativeSlice SliceOf(MemoryRegion region) => new(region.Address, Bytes, region.Id);
}
