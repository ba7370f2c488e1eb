using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Epoll;

/// <summary>The buffers that receives land in. The one returned last is taken first, so that few of them stay in the processor's
/// cache.</summary>
internal sealed class ReceiveBuffers : IDisposable
{
    private readonly Mapping _memory;
    private readonly int _bytes;
    private readonly int[] _free;
    private int _freeCount;

    private ReceiveBuffers(Mapping memory, int count, int bytes)
    {
        _memory = memory;
        _bytes = bytes;
        _free = new int[count];
        for (var id = count - 1; id >= 0; id--)
            Return(id);
    }

    /// <returns>Null when the kernel has no memory.</returns>
    public static ReceiveBuffers? TryCreate(int count, int bytes) =>
        Mapping.TryAnonymous((nuint)count * (nuint)bytes) is { } memory ? new ReceiveBuffers(memory, count, bytes) : null;

    public NativeSlice this[int id] => new(_memory.Address + ((nint)id * _bytes), _bytes);

    /// <returns>False when all are in use.</returns>
    public bool TryTake(out int id)
    {
        if (_freeCount == 0)
        {
            id = -1;
            return false;
        }

        id = _free[--_freeCount];
        return true;
    }

    public void Return(int id) => _free[_freeCount++] = id;

    public void Dispose() => _memory.Dispose();
}
