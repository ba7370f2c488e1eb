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
    private SocketLife _life;

    public SocketTransmitter(EventLoop loop, Operation operation, SegmentStock segments, int chunkBytes)
    {
        _loop = loop;
        _operation = operation;
        _segments = segments;
        _chunkBytes = chunkBytes;
    }

    public long SentBytes => _life.SentBytes;

    public bool TrySend(int descriptor, NativeSlice first, NativeSlice second, NativeSlice third)
    {
        _life.Ranges = new SendRanges(first, second, third);
        _life.RecordType = ContentType.None;
        Submit(descriptor);
        return true;
    }

    public bool TrySendControl(int descriptor, ContentType type, ReadOnlySpan<byte> message)
    {
        _life.Control ??= _segments.TryRent(message.Length);
        if (_life.Control is null)
            return false;
        message.CopyTo(_life.Control.Memory.Span);
        _life.Ranges = new SendRanges(_life.Control.Memory.Slice(0, message.Length), default, default);
        _life.RecordType = type;
        Submit(descriptor);
        return true;
    }

    public TransmitStep Advance(int descriptor, int count)
    {
        _life.SentBytes += count;
        for (var i = 0; i < SendRanges.Maximum; i++)
        {
            var taken = Math.Min(count, _life.Ranges[i].Length);
            _life.Ranges[i] = _life.Ranges[i].Slice(taken);
            count -= taken;
        }

        if (_life.Ranges.Length == 0)
            return TransmitStep.Done;
        Submit(descriptor);
        return TransmitStep.Sending;
    }

    public void DropRest() => _life.Ranges = default;

    public void Release()
    {
        if (_life.Control is not null)
            _segments.Return(_life.Control);
        _life = default;
    }

    private void Submit(int descriptor)
    {
        var room = _chunkBytes;
        var used = 0;
        Span<NativeSlice> chunk = stackalloc NativeSlice[SendRanges.Maximum];
        foreach (var range in _life.Ranges)
        {
            var length = Math.Min(room, range.Length);
            if (length == 0)
                continue;
            chunk[used++] = range.Slice(0, length);
            room -= length;
        }

        if (used == 1 && _life.RecordType == ContentType.None)
            _loop.Send(_operation, descriptor, chunk[0]);
        else
            _loop.SendMessage(_operation, descriptor, chunk[..used], (byte)_life.RecordType);
    }
}
