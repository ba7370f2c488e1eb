using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Channel;

/// <summary>Seals records in user space, from where the bytes lie into a borrowed buffer, some records at a time.</summary>
internal sealed class SealedTransmitter : ITransmitter
{
    // A batch is sized in records of 16 KiB, even where max_fragment_length makes them shorter. It grows while the socket takes each whole
    // at once and the worker's buffers are few enough to stay in the processor's caches. It is small again as soon as the socket takes
    // less: a slow client holds no more than that.
    public const int BatchMinimum = 4;
    public const int BatchMaximum = 16;
    public const int LentMaximum = 1 << 20;

    // A record of several ranges is put together before it is sealed. Larger sends begin with a short one, so that little is copied.
    private const int GatheredMaximum = 4096;

    // Records of a batch beside full ones: a short one may end each range, the last one's with the batch.
    private const int ShortRecords = SendRanges.Maximum;

    private readonly EventLoop _loop;
    private readonly Operation _operation;
    private readonly SegmentStock _segments;
    private SealedLife _life = new();

    public SealedTransmitter(EventLoop loop, Operation operation, SegmentStock segments)
    {
        _loop = loop;
        _operation = operation;
        _segments = segments;
    }

    public long SentBytes => _life.SentBytes;

    /// <summary>Takes over a connection's keys; the sealer is disposed at <see cref="Release"/>.</summary>
    public void Start(RecordSealer sealer, KeyLimit limit)
    {
        _life.Sealer = sealer;
        _life.Limit = limit;
    }

    /// <summary>The send under way is the connection's last: close_notify follows it in the same segment.</summary>
    public bool IsLast
    {
        get => _life.IsLast;
        set => _life.IsLast = value;
    }

    /// <summary>close_notify is sealed: nothing may follow it.</summary>
    public bool HasNotified => _life.HasNotified;

    /// <summary>Whether records wait for others to leave with.</summary>
    public bool HoldsRecords => _life.Held is not null;

    /// <summary>Only TLS 1.2 has keys that can't be changed; those of TLS 1.3 are, within any send.</summary>
    public bool IsNearKeyLimit => _life.Sealer is { Format.IsTls13: false } sealer && _life.Limit.IsNear(sealer.Records);

    public bool HasKeyRoom => _life.Limit.Room(_life.Sealer!.Records) > 0;

    /// <summary>Goes to the next keys. Nothing that is sealed already changes.</summary>
    public void UpdateKeys() => _life.Sealer!.Update();

    /// <summary>Keeps records sealed before, which leave in front of the next.</summary>
    /// <returns>False when there is no memory.</returns>
    public bool TryHold(ReadOnlySpan<byte> records)
    {
        _life.Held = records.Length <= SegmentPool.LargestSegment ? _segments.TryRent(records.Length) : null;
        if (_life.Held is null)
            return false;
        records.CopyTo(_life.Held.Memory.Span);
        _life.HeldBytes = records.Length;
        return true;
    }

    /// <summary>Sends what is held by itself. Nothing may be in flight.</summary>
    public void SendHeld(int descriptor)
    {
        ReturnBuffer();
        (_life.Buffer, _life.Held) = (_life.Held, null);
        _life.SealedBytes = _life.HeldBytes;
        _life.SentOfSealed = _life.HeldBytes = 0;
        _loop.Send(_operation, descriptor, _life.Buffer!.Memory.Slice(0, _life.SealedBytes));
    }

    public TransmitStep TrySend(int descriptor, ReadOnlySpan<NativeSlice> ranges)
    {
        _life.Ranges = new SendRanges(ranges);
        return SealBatch(descriptor);
    }

    public bool TrySendControl(int descriptor, ContentType type, ReadOnlySpan<byte> message)
    {
        _life.Ranges = default;
        if (!_life.Limit.AllowsLast(_life.Sealer!.Records) || !TryRent(_life.HeldBytes + message.Length + _life.Sealer.Format.Overhead))
            return false;
        var output = _life.Buffer!.Memory.Span;
        _life.SealedBytes = TakeHeld(output);
        _life.SealedBytes += _life.Sealer.Seal(type, message, output[_life.SealedBytes..]);
        _life.SentOfSealed = 0;
        _loop.Send(_operation, descriptor, _life.Buffer.Memory.Slice(0, _life.SealedBytes));
        return true;
    }

    public TransmitStep Advance(int descriptor, int count)
    {
        _life.SentBytes += count;
        _life.SentOfSealed += count;
        if (_life.SentOfSealed < _life.SealedBytes)
        {
            _life.BatchRecords = BatchMinimum;
            _loop.Send(_operation, descriptor, _life.Buffer!.Memory.Slice(_life.SentOfSealed, _life.SealedBytes - _life.SentOfSealed));
            return TransmitStep.Sending;
        }

        if (Remaining == 0)
        {
            ReturnBuffer();
            return TransmitStep.Done;
        }

        if (count == _life.SealedBytes && _life.BatchRecords < BatchMaximum)
            _life.BatchRecords *= 2;
        return SealBatch(descriptor);
    }

    public void DropRest()
    {
        _life.Ranges = default;
        IsLast = false;
    }

    public void Release()
    {
        ReturnBuffer();
        ReturnHeld();
        _life.Sealer?.Dispose();
        // An abort leaves ranges, which belong to the life that ends.
        _life = new();
    }

    private static ReadOnlySpan<byte> CloseNotify => [(byte)AlertLevel.Warning, (byte)TlsAlert.CloseNotify];

    // Not requested: the peer's keys are its own affair (RFC 9846, section 4.7.3).
    private static ReadOnlySpan<byte> KeyUpdate => [(byte)HandshakeType.KeyUpdate, 0, 0, 1, 0];

    private long Remaining => _life.Ranges.Length;

    private TransmitStep SealBatch(int descriptor)
    {
        if (_segments.LentBytes > LentMaximum)
            _life.BatchRecords = BatchMinimum;
        var sealer = _life.Sealer!;
        var overhead = sealer.Format.Overhead;
        var updates = sealer.Format.IsTls13 && _life.Limit.IsNear(sealer.Records);
        var room = _life.Limit.Room(updates ? 0 : sealer.Records);
        if (room <= ShortRecords)
            return TransmitStep.KeysExhausted;
        var plain = (int)Math.Min(Remaining, _life.BatchRecords * RecordFormat.PlaintextMaximum);
        plain = (int)Math.Min((ulong)plain, (room - ShortRecords) * (ulong)sealer.PlaintextMaximum);
        var records = plain + (((plain / sealer.PlaintextMaximum) + ShortRecords) * overhead);
        if (!TryRent(_life.HeldBytes + KeyUpdate.Length + records + CloseNotify.Length + (2 * overhead)))
            return TransmitStep.NoMemory;
        var output = _life.Buffer!.Memory.Span;
        _life.SealedBytes = TakeHeld(output);
        _life.SentOfSealed = 0;
        if (updates)
        {
            _life.SealedBytes += sealer.Seal(ContentType.Handshake, KeyUpdate, output[_life.SealedBytes..]);
            sealer.Update();
        }

        while (plain > 0)
        {
            var length = SealRecord(plain, output[_life.SealedBytes..]);
            _life.SealedBytes += length;
            plain -= length - overhead;
        }

        if (IsLast && Remaining == 0)
        {
            _life.SealedBytes += sealer.Seal(ContentType.Alert, CloseNotify, output[_life.SealedBytes..]);
            _life.HasNotified = true;
        }

        _loop.Send(_operation, descriptor, _life.Buffer.Memory.Slice(0, _life.SealedBytes));
        return TransmitStep.Sending;
    }

    private int SealRecord(int available, Span<byte> destination)
    {
        var first = 0;
        while (_life.Ranges[first].IsEmpty)
            first++;
        var whole = Math.Min(available, _life.Sealer!.PlaintextMaximum);
        if (_life.Ranges[first].Length >= whole)
        {
            var length = _life.Sealer.Seal(ContentType.ApplicationData, _life.Ranges[first].Span[..whole], destination);
            _life.Ranges[first] = _life.Ranges[first].Slice(whole);
            return length;
        }

        if (Remaining > _life.Sealer.PlaintextMaximum)
            whole = Math.Min(whole, Math.Max(GatheredMaximum, _life.Ranges[first].Length));
        var format = _life.Sealer.Format;
        var gathered = destination.Slice(RecordFormat.HeaderLength + format.PrefixLength, whole);
        Gather(gathered);
        return _life.Sealer.Seal(ContentType.ApplicationData, gathered, destination);
    }

    private void Gather(Span<byte> destination)
    {
        for (var i = 0; i < SendRanges.Maximum && !destination.IsEmpty; i++)
        {
            var taken = Math.Min(destination.Length, _life.Ranges[i].Length);
            _life.Ranges[i].Span[..taken].CopyTo(destination);
            _life.Ranges[i] = _life.Ranges[i].Slice(taken);
            destination = destination[taken..];
        }
    }

    private int TakeHeld(Span<byte> destination)
    {
        if (_life.Held is null)
            return 0;
        var length = _life.HeldBytes;
        _life.Held.Memory.Span[..length].CopyTo(destination);
        ReturnHeld();
        return length;
    }

    private void ReturnHeld()
    {
        if (_life.Held is not null)
            _segments.Return(_life.Held);
        _life.Held = null;
        _life.HeldBytes = 0;
    }

    private bool TryRent(int length)
    {
        if (_life.Buffer is not null && _life.Buffer.Length >= length)
            return true;
        ReturnBuffer();
        _life.Buffer = _segments.TryRent(length);
        return _life.Buffer is not null;
    }

    private void ReturnBuffer()
    {
        if (_life.Buffer is not null)
            _segments.Return(_life.Buffer);
        _life.Buffer = null;
    }
}
