using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

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

    public long SentBytes => _life.SentBytes + _operation.TakenBytes;

    public bool IsNearKeyLimit => _life.Limit.IsNear(_life.Records.Count);

    public bool HasKeyRoom => _life.Limit.Room(_life.Records.Count) > 0;

    /// <summary>The kernel makes the records from now on.</summary>
    /// <param name="before">Records that its key has protected already.</param>
    public void StartKernel(KeyLimit limit, ulong before)
    {
        _life.IsKernel = true;
        _operation.CopyOnThisSocket();
        _life.Limit = limit;
        _life.Records = new KernelRecords(before);
    }

    public TransmitStep TrySend(int descriptor, ReadOnlySpan<NativeSlice> ranges)
    {
        _life.Ranges = new SendRanges(ranges);
        _life.RecordType = ContentType.None;
        return SubmitWithin(descriptor);
    }

    public bool TrySendControl(int descriptor, ContentType type, ReadOnlySpan<byte> message)
    {
        _life.Control ??= _segments.TryRent(message.Length);
        if (_life.Control is null || !_life.Limit.AllowsLast(_life.Records.Count))
            return false;
        message.CopyTo(_life.Control.Memory.Span);
        _life.Ranges = new SendRanges([_life.Control.Memory.Slice(0, message.Length)]);
        _life.RecordType = type;
        Submit(descriptor, message.Length);
        return true;
    }

    public TransmitStep Advance(int descriptor, int count)
    {
        _life.SentBytes += count;
        _life.Records.End(count);
        for (var i = 0; i < SendRanges.Maximum; i++)
        {
            var taken = Math.Min(count, _life.Ranges[i].Length);
            _life.Ranges[i] = _life.Ranges[i].Slice(taken);
            count -= taken;
        }

        return _life.Ranges.Length == 0 ? TransmitStep.Done : SubmitWithin(descriptor);
    }

    public void DropRest() => _life.Ranges = default;

    public void Release()
    {
        if (_life.Control is not null)
            _segments.Return(_life.Control);
        _life = default;
    }

    /// <summary>Sends as much at once as is to be, and as the keys may protect.</summary>
    private TransmitStep SubmitWithin(int descriptor)
    {
        // Chunks would each wait for the peer to have the one before.
        if (_loop.SendsWithoutCopying && !_life.IsKernel)
        {
            Submit(descriptor, int.MaxValue);
            return TransmitStep.Sending;
        }

        var records = _life.Limit.Room(_life.Records.Count);
        if (records == 0)
            return TransmitStep.KeysExhausted;
        var full = (ulong)_chunkBytes / RecordFormat.PlaintextMaximum;
        Submit(descriptor, records > full ? _chunkBytes : (int)records * RecordFormat.PlaintextMaximum);
        return TransmitStep.Sending;
    }

    private void Submit(int descriptor, int room)
    {
        var left = room;
        var used = 0;
        Span<NativeSlice> chunk = stackalloc NativeSlice[SendRanges.Maximum];
        foreach (var range in _life.Ranges)
        {
            var length = Math.Min(left, range.Length);
            if (length == 0)
                continue;
            chunk[used++] = range.Slice(0, length);
            left -= length;
        }

        _life.Records.Begin(room - left);
        if (used == 1 && _life.RecordType == ContentType.None)
            _loop.Send(_operation, descriptor, chunk[0]);
        else
            _loop.SendMessage(_operation, descriptor, chunk[..used], (byte)_life.RecordType);
    }
}
