using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls;

/// <summary>Seals records in user space, from where the bytes lie into a borrowed buffer, some records at a time.</summary>
internal sealed class SealedTransmitter : ITransmitter
{
    // A batch grows while the socket takes each whole at once and the worker's buffers are few enough to stay in the processor's caches. It is small
    // again as soon as the socket takes less: a slow client holds no more than that.
    private const int BatchMinimum = 4;
    private const int BatchMaximum = 16;
    private const long LentMaximum = 1 << 20;

    // A record of several ranges is put together before it is sealed. Larger sends begin with a short one, so that little is copied.
    private const int GatheredMaximum = 4096;

    private readonly EventLoop _loop;
    private readonly Operation _operation;
    private readonly SegmentStock _segments;
    private readonly NativeSlice[] _ranges = new NativeSlice[3];
    private RecordSealer? _sealer;
    private Segment? _buffer;
    private Segment? _held;
    private int _heldBytes;
    private int _batchRecords = BatchMinimum;
    private int _sealed;
    private int _sent;

    public SealedTransmitter(EventLoop loop, Operation operation, SegmentStock segments)
    {
        _loop = loop;
        _operation = operation;
        _segments = segments;
    }

    public long SentBytes { get; private set; }

    /// <summary>Takes over a connection's keys; the sealer is disposed at <see cref="Release"/>.</summary>
    public void Start(RecordSealer sealer) => _sealer = sealer;

    /// <summary>The send under way is the connection's last: close_notify follows it in the same segment.</summary>
    public bool IsLast { get; set; }

    /// <summary>close_notify is sealed: nothing may follow it.</summary>
    public bool HasNotified { get; private set; }

    /// <summary>Whether records wait for others to leave with.</summary>
    public bool HoldsRecords => _held is not null;

    /// <summary>Whether the keys have protected as many records as they should.</summary>
    public bool NeedsKeyUpdate => _sealer is { NeedsKeyUpdate: true };

    /// <summary>Goes to the next keys. Nothing that is sealed already changes.</summary>
    public void UpdateKeys() => _sealer!.Update();

    /// <summary>Keeps records sealed before, which leave in front of the next.</summary>
    /// <returns>False when there is no memory.</returns>
    public bool TryHold(ReadOnlySpan<byte> records)
    {
        _held = records.Length <= SegmentPool.LargestSegment ? _segments.TryRent(records.Length) : null;
        if (_held is null)
            return false;
        records.CopyTo(_held.Memory.Span);
        _heldBytes = records.Length;
        return true;
    }

    /// <summary>Sends what is held by itself. Nothing may be in flight.</summary>
    public void SendHeld(int descriptor)
    {
        ReturnBuffer();
        (_buffer, _held) = (_held, null);
        _sealed = _heldBytes;
        _sent = _heldBytes = 0;
        _loop.Send(_operation, descriptor, _buffer!.Memory.Slice(0, _sealed));
    }

    public bool TrySend(int descriptor, NativeSlice first, NativeSlice second, NativeSlice third)
    {
        _ranges[0] = first;
        _ranges[1] = second;
        _ranges[2] = third;
        return TrySealBatch(descriptor);
    }

    public bool TrySendControl(int descriptor, ContentType type, ReadOnlySpan<byte> message)
    {
        Array.Clear(_ranges);
        if (!TryRent(_heldBytes + message.Length + _sealer!.Format.Overhead))
            return false;
        var output = _buffer!.Memory.Span;
        _sealed = TakeHeld(output);
        _sealed += _sealer.Seal(type, message, output[_sealed..]);
        _sent = 0;
        _loop.Send(_operation, descriptor, _buffer.Memory.Slice(0, _sealed));
        return true;
    }

    public TransmitStep Advance(int descriptor, int count)
    {
        SentBytes += count;
        _sent += count;
        if (_sent < _sealed)
        {
            _batchRecords = BatchMinimum;
            _loop.Send(_operation, descriptor, _buffer!.Memory.Slice(_sent, _sealed - _sent));
            return TransmitStep.Sending;
        }

        if (Remaining == 0)
        {
            ReturnBuffer();
            return TransmitStep.Done;
        }

        if (count == _sealed && _batchRecords < BatchMaximum)
            _batchRecords *= 2;
        return TrySealBatch(descriptor) ? TransmitStep.Sending : TransmitStep.NoMemory;
    }

    public void DropRest()
    {
        Array.Clear(_ranges);
        IsLast = false;
    }

    public void Release()
    {
        // An abort leaves ranges that belong to the life that ends. The first send of the next life would seal them behind its own bytes.
        Array.Clear(_ranges);
        _sealed = _sent = 0;
        SentBytes = 0;
        _batchRecords = BatchMinimum;
        IsLast = HasNotified = false;
        ReturnBuffer();
        ReturnHeld();
        _sealer?.Dispose();
        _sealer = null;
    }

    private static ReadOnlySpan<byte> CloseNotify => [1, (byte)TlsAlert.CloseNotify];

    private long Remaining => (long)_ranges[0].Length + _ranges[1].Length + _ranges[2].Length;

    private bool TrySealBatch(int descriptor)
    {
        if (_segments.LentBytes > LentMaximum)
            _batchRecords = BatchMinimum;
        var overhead = _sealer!.Format.Overhead;
        var plain = (int)Math.Min(Remaining, _batchRecords * RecordFormat.PlaintextMaximum);
        // Three records more than full ones: a short one may end each of the first two ranges, and the batch.
        var records = plain + (((plain / RecordFormat.PlaintextMaximum) + 3) * overhead);
        if (!TryRent(_heldBytes + records + CloseNotify.Length + overhead))
            return false;
        var output = _buffer!.Memory.Span;
        _sealed = TakeHeld(output);
        _sent = 0;
        while (plain > 0)
        {
            var length = SealRecord(plain, output[_sealed..]);
            _sealed += length;
            plain -= length - overhead;
        }

        if (IsLast && Remaining == 0)
        {
            _sealed += _sealer.Seal(ContentType.Alert, CloseNotify, output[_sealed..]);
            HasNotified = true;
        }

        _loop.Send(_operation, descriptor, _buffer.Memory.Slice(0, _sealed));
        return true;
    }

    private int SealRecord(int available, Span<byte> destination)
    {
        var first = 0;
        while (_ranges[first].IsEmpty)
            first++;
        var whole = Math.Min(available, RecordFormat.PlaintextMaximum);
        if (_ranges[first].Length >= whole)
        {
            var length = _sealer!.Seal(ContentType.ApplicationData, _ranges[first].Span[..whole], destination);
            _ranges[first] = _ranges[first].Slice(whole);
            return length;
        }

        if (Remaining > RecordFormat.PlaintextMaximum)
            whole = Math.Min(whole, Math.Max(GatheredMaximum, _ranges[first].Length));
        var format = _sealer!.Format;
        var gathered = destination.Slice(RecordFormat.HeaderLength + format.PrefixLength, whole);
        Gather(gathered);
        return _sealer.Seal(ContentType.ApplicationData, gathered, destination);
    }

    private void Gather(Span<byte> destination)
    {
        for (var i = 0; i < _ranges.Length && !destination.IsEmpty; i++)
        {
            var taken = Math.Min(destination.Length, _ranges[i].Length);
            _ranges[i].Span[..taken].CopyTo(destination);
            _ranges[i] = _ranges[i].Slice(taken);
            destination = destination[taken..];
        }
    }

    private int TakeHeld(Span<byte> destination)
    {
        if (_held is null)
            return 0;
        var length = _heldBytes;
        _held.Memory.Span[..length].CopyTo(destination);
        ReturnHeld();
        return length;
    }

    private void ReturnHeld()
    {
        if (_held is not null)
            _segments.Return(_held);
        _held = null;
        _heldBytes = 0;
    }

    private bool TryRent(int length)
    {
        if (_buffer is not null && _buffer.Length >= length)
            return true;
        ReturnBuffer();
        _buffer = _segments.TryRent(length);
        return _buffer is not null;
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null)
            _segments.Return(_buffer);
        _buffer = null;
    }
}
