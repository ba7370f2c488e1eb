using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>What is left of the ranges of one send. One operation is in flight at a time, since a short send is a success and a second one would
/// overtake the rest of the first.</summary>
internal sealed class ChannelSender
{
    private readonly EventLoop _loop;
    private readonly Operation _operation;
    private readonly int _chunkBytes;
    private readonly NativeSlice[] _ranges = new NativeSlice[3];
    private readonly NativeSlice[] _chunk = new NativeSlice[3];

    public ChannelSender(EventLoop loop, Operation operation, int chunkBytes)
    {
        _loop = loop;
        _operation = operation;
        _chunkBytes = chunkBytes;
    }

    /// <summary>Bytes the kernel has taken since the channel was started.</summary>
    public long SentBytes { get; private set; }

    public void Reset() => SentBytes = 0;

    public void Start(int descriptor, NativeSlice first, NativeSlice second, NativeSlice third)
    {
        _ranges[0] = first;
        _ranges[1] = second;
        _ranges[2] = third;
        Submit(descriptor);
    }

    /// <summary>Counts what an operation sent, and sends on.</summary>
    /// <returns>True when nothing is left.</returns>
    public bool Advance(int descriptor, int count)
    {
        SentBytes += count;
        for (var i = 0; i < _ranges.Length; i++)
        {
            var taken = Math.Min(count, _ranges[i].Length);
            _ranges[i] = _ranges[i].Slice(taken);
            count -= taken;
        }

        if (_ranges[0].IsEmpty && _ranges[1].IsEmpty && _ranges[2].IsEmpty)
            return true;
        Submit(descriptor);
        return false;
    }

    private void Submit(int descriptor)
    {
        var room = _chunkBytes;
        var used = 0;
        foreach (var range in _ranges)
        {
            var length = Math.Min(room, range.Length);
            if (length == 0)
                continue;
            _chunk[used++] = range.Slice(0, length);
            room -= length;
        }

        if (used == 1)
            _loop.Send(_operation, descriptor, _chunk[0]);
        else
            _loop.SendMessage(_operation, descriptor, _chunk.AsSpan(0, used));
    }
}
