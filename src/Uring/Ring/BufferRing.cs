using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Ring;

/// <summary>The receive buffers the kernel picks from (IORING_REGISTER_PBUF_RING, io_uring_register(2)). A connection holds one only while
/// bytes are on their way to it.</summary>
internal sealed unsafe class BufferRing : IDisposable
{
    public const ushort Group = 1;

    private readonly Mapping _ring;
    private readonly Mapping _buffers;
    private readonly int _count;
    private readonly int _bytes;
    private ushort _tail;

    private BufferRing(Mapping ring, Mapping buffers, int count, int bytes)
    {
        _ring = ring;
        _buffers = buffers;
        _count = count;
        _bytes = bytes;
    }

    public static BufferRing? TryCreate(Descriptor descriptor, int count, int bytes, out BackendFailure? failure)
    {
        var ring = Mapping.TryAnonymous((nuint)(count * sizeof(BufferRingEntry)));
        var buffers = Mapping.TryAnonymous((nuint)count * (nuint)bytes);
        if (ring is null || buffers is null)
        {
            ring?.Dispose();
            buffers?.Dispose();
            failure = RingFailure.Of(Errno.ENOMEM, "mmap of the receive buffers");
            return null;
        }

        var registration = new BufferRingRegistration { Address = (ulong)ring.Address, Entries = (uint)count, Group = Group };
        if (Libc.IoUringRegister(Libc.SYS_io_uring_register, descriptor.Value, IoUring.IORING_REGISTER_PBUF_RING, &registration, 1) < 0)
        {
            failure = RingFailure.Of(Libc.LastError, "the registration of receive buffers");
            ring.Dispose();
            buffers.Dispose();
            return null;
        }

        failure = null;
        var created = new BufferRing(ring, buffers, count, bytes);
        for (var i = 0; i < count; i++)
            created.Return(i);
        return created;
    }

    public NativeSlice Buffer(int id) => new(_buffers.Address + ((nint)id * _bytes), _bytes);

    public void Return(int id)
    {
        var entries = (BufferRingEntry*)_ring.Address;
        var entry = entries + (_tail & (_count - 1));
        // The last field of the first entry is the ring's tail, so it isn't written with the others.
        entry->Address = (ulong)(_buffers.Address + ((nint)id * _bytes));
        entry->Length = (uint)_bytes;
        entry->Id = (ushort)id;
        _tail++;
        // The entry is written before the tail (release): the kernel takes buffers up to the tail at any moment.
        Volatile.Write(ref entries->Tail, _tail);
    }

    public void Dispose()
    {
        _ring.Dispose();
        _buffers.Dispose();
    }
}
