using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using static TlsProxy.Uring.Interop.IoUring;

namespace TlsProxy.Uring.Ring;

/// <summary>Memory regions that the kernel holds pinned for a ring (IORING_REGISTER_BUFFERS2, io_uring_register(2)), so that a send needn't
/// pin their pages each time. A region is registered when it is first sent from. Belongs to the ring's thread.</summary>
internal sealed unsafe class RegisteredBuffers
{
    /// <summary>Regions registered at a time; the oldest makes room for the next.</summary>
    public const int SlotsMaximum = 1024;

    private readonly Descriptor _ring;
    private readonly int[] _regionOfSlot = new int[SlotsMaximum];
    private readonly Dictionary<int, int> _slotOfRegion = new(SlotsMaximum);
    private readonly long[] _usedIn = new long[SlotsMaximum];
    private long _round = 1;
    private int _next;
    private bool _refused;

    private RegisteredBuffers(Descriptor ring) => _ring = ring;

    /// <summary>Makes the table, empty.</summary>
    public static RegisteredBuffers? TryCreate(Descriptor ring, out BackendFailure? failure)
    {
        var table = new BufferTableRegistration { Count = SlotsMaximum, Flags = IORING_RSRC_REGISTER_SPARSE };
        failure = Libc.IoUringRegister(
            Libc.SYS_io_uring_register, ring.Value, IORING_REGISTER_BUFFERS2, &table, BufferTableRegistration.KernelSize) < 0
            ? RingFailure.Of(Libc.LastError, "the table of registered buffers")
            : null;
        return failure is null ? new RegisteredBuffers(ring) : null;
    }

    /// <summary>The slot of the region that memory lies in.</summary>
    /// <returns>False for memory without a region, and where the kernel pins no more (RLIMIT_MEMLOCK).</returns>
    public bool TryFind(NativeSlice memory, out int slot)
    {
        slot = -1;
        if (memory.Region == 0 || !(_slotOfRegion.TryGetValue(memory.Region, out slot) || TryRegister(memory.Region, out slot)))
            return false;
        _usedIn[slot] = _round;
        return true;
    }

    /// <summary>The kernel has taken every entry of the queue: none that names a slot is left.</summary>
    public void EndRound() => _round++;

    private bool TryRegister(int id, out int slot)
    {
        slot = _next;
        if (MemoryRegion.Find(id) is not { } region)
            return false;
        DropGone();
        // An entry that the kernel hasn't taken yet names the slot for the region that is there.
        if (_regionOfSlot[slot] != 0 && _usedIn[slot] == _round)
            return false;
        if (!TryUpdate(slot, region.Address, region.Length))
        {
            // What the limit refused once it may take when older regions have gone; until then each try would cost a call.
            _refused = true;
            return false;
        }

        _slotOfRegion.Remove(_regionOfSlot[slot]);
        _regionOfSlot[slot] = id;
        _slotOfRegion[id] = slot;
        _next = (slot + 1) % SlotsMaximum;
        return true;
    }

    /// <summary>Lets the kernel let go of regions that were unmapped: their pages stay as long as they are registered.</summary>
    private void DropGone()
    {
        for (var slot = 0; slot < SlotsMaximum; slot++)
        {
            var id = _regionOfSlot[slot];
            if (id == 0 || MemoryRegion.Find(id) is not null || !TryUpdate(slot, 0, 0))
                continue;
            _slotOfRegion.Remove(id);
            _regionOfSlot[slot] = 0;
            _refused = false;
        }
    }

    private bool TryUpdate(int slot, nint address, nuint length)
    {
        if (_refused && address != 0)
            return false;
        var vector = new IoVector { Base = address, Length = length };
        var update = new BufferTableUpdate { Offset = (uint)slot, Data = (ulong)(&vector), Count = 1 };
        return Libc.IoUringRegister(
            Libc.SYS_io_uring_register, _ring.Value, IORING_REGISTER_BUFFERS_UPDATE, &update, BufferTableUpdate.KernelSize) == 1;
    }
}
