using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>Sends ranges from where they lie: in plaintext, or to a socket whose records the kernel makes.</summary>
internal sealed class SocketTransmitter : ITransmitter
{
    private readonly EventLoop _loop;
    private readonly Operation _operation;
    private readonly SegmentStock _segments;
    private readonly int _chunkBytes;
    private readonly NativeSlice[] _ranges = new NativeSlice[3];
    private readonly NativeSlice[] _chunk = new NativeSlice[3];
    private Segment? _control;
    private ContentType _recordType;

    public SocketTransmitter(EventLoop loop, Operation operation, SegmentStock segments, int chunkBytes)
    {
        _loop = loop;
        _operation = operation;
        _segments = segments;
        _chunkBytes = chunkBytes;
    }

    public long SentBytes { get; private set; }

    public bool TrySend(int descriptor, NativeSlice first, NativeSlice second, NativeSlice third)
    {
        _ranges[0] = first;
        _ranges[1] = second;
        _ranges[2] = third;
        _recordType = ContentType.None;
        Submit(descriptor);
        return true;
    }

    public bool TrySendControl(int descriptor, ContentType type, ReadOnlySpan<byte> message)
    {
        _control ??= _segments.TryRent(message.Length);
        if (_control is null)
            return false;
        message.CopyTo(_control.Memory.Span);
        Array.Clear(_ranges);
        _ranges[0] = _control.Memory.Slice(0, message.Length);
        _recordType = type;
        Submit(descriptor);
        return true;
    }

    public TransmitStep Advance(int descriptor, int count)
    {
        SentBytes += count;
        for (var i = 0; i < _ranges.Length; i++)
        {
            var taken = Math.Min(count, _ranges[i].Length);
            _ranges[i] = _ranges[i].Slice(taken);
            count -= taken;
        }

        if (_ranges[0].IsEmpty && _ranges[1].IsEmpty && _ranges[2].IsEmpty)
            return TransmitStep.Done;
        Submit(descriptor);
        return TransmitStep.Sending;
    }

    public void DropRest() => Array.Clear(_ranges);

    public void Release()
    {
        // No reference to memory outlives the connection that sent it.
        Array.Clear(_ranges);
        Array.Clear(_chunk);
        _recordType = ContentType.None;
        SentBytes = 0;
        if (_control is not null)
            _segments.Return(_control);
        _control = null;
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

        if (used == 1 && _recordType == ContentType.None)
            _loop.Send(_operation, descriptor, _chunk[0]);
        else
            _loop.SendMessage(_operation, descriptor, _chunk.AsSpan(0, used), (byte)_recordType);
    }
}
