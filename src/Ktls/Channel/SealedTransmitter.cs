using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Ktls.Channel;

/// <summary>Seals records in user space, from where the bytes lie into a borrowed buffer, some records at a time.</summary>
internal sealed class SealedTransmitter : ITransmitter
{
    // A batch is sized in records of 16 KiB, even where max_fragment_length makes them shorter. It grows while the socket takes each
    // whole, up to what the worker's buffers allow, and begins with one record again where the socket has taken less or late.
    public const int BatchOfStart = 4;
    public const int BatchMaximum = 16;

    /// <summary>Records of a batch that any connection may have, however many buffers are lent: where the kernel is short of memory for all
    /// sockets, those that have room take nothing, and each connection may be left with a batch.</summary>
    public const int BatchAlways = 1;

    /// <summary>Bytes of the worker's buffers, so few that they stay in the processor's caches. Beyond them a connection waits for its
    /// socket to have room, and for its turn, before it seals: one that waits holds no records.</summary>
    public const int LentMaximum = 1 << 20;

    /// <summary>Bytes of the worker's buffers beyond which a batch has <see cref="BatchAlways"/>.</summary>
    public const int LentToLarge = 4 << 20;

    // Between the two. A wait costs a poll, and this many records make that little.
    private const int BatchInTurn = 8;

    // A send that is so short costs less than a wait.
    private const int AtOnceMaximum = 2 * RecordFormat.PlaintextMaximum;

    // Records of a batch beside full ones: a short one may end each range, the last one's with the batch.
    private const int ShortRecords = SendRanges.Maximum;

    private readonly EventLoop _loop;
    private readonly Operation _operation;
    private readonly SegmentStock _segments;
    private readonly SealQueue _queue;
    private readonly LinkedListNode<SealedTransmitter> _place;
    private SealedLife _life = new();

    /// <param name="queue">Of the loop.</param>
    public SealedTransmitter(EventLoop loop, Operation operation, SegmentStock segments, SealQueue queue)
    {
        _loop = loop;
        _operation = operation;
        _segments = segments;
        _queue = queue;
        _place = new LinkedListNode<SealedTransmitter>(this);
    }

    public long SentBytes => _life.SentBytes;

    /// <summary>Plaintext bytes of the next batch.</summary>
    public int BatchBytes => (int)Math.Min(Remaining, Math.Min(_life.BatchRecords, LargestBatch) * RecordFormat.PlaintextMaximum);

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
        return Remaining <= AtOnceMaximum && _segments.LentBytes <= LentToLarge ? SealBatch(descriptor) : SealOrWait(descriptor);
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
        if (_operation.Kind == OperationKind.Poll)
            return OnRoom(descriptor);
        _life.SentBytes += count;
        _life.SentOfSealed += count;
        if (_life.SentOfSealed < _life.SealedBytes)
        {
            _life.BatchRecords = 1;
            _loop.Send(_operation, descriptor, _life.Buffer!.Memory.Slice(_life.SentOfSealed, _life.SealedBytes - _life.SentOfSealed));
            return TransmitStep.Sending;
        }

        if (Remaining == 0)
        {
            ReturnBuffer();
            return TransmitStep.Done;
        }

        if (HasWaited)
            _life.BatchRecords = 1;
        else if (count == _life.SealedBytes && _life.BatchRecords < BatchMaximum)
            _life.BatchRecords *= 2;
        return SealOrWait(descriptor);
    }

    /// <summary>The queue lets the connection go on: it seals as soon as its socket has room.</summary>
    public void OnAdmitted() => _loop.Poll(_operation, _life.Descriptor, POLLOUT);

    /// <summary>The connection ends, since it has thrown when it was let go on.</summary>
    public void OnFault() => _operation.Owner.OnFault();

    public void DropRest()
    {
        _queue.Leave(_place);
        _life.Ranges = default;
        IsLast = false;
    }

    public void Release()
    {
        ReturnBuffer();
        ReturnHeld();
        _life.Sealer?.Dispose();
        _queue.Leave(_place);
        // An abort leaves ranges, which belong to the life that ends.
        _life = new();
    }

    private static ReadOnlySpan<byte> CloseNotify => [(byte)AlertLevel.Warning, (byte)TlsAlert.CloseNotify];

    // Not requested: the peer's keys are its own affair (RFC 9846, section 4.7.3).
    private static ReadOnlySpan<byte> KeyUpdate => [(byte)HandshakeType.KeyUpdate, 0, 0, 1, 0];

    private long Remaining => _life.Ranges.Length;

    /// <summary>Whether the batch has lain here while its socket didn't take it, and many others lie here too. A socket that has room does
    /// not take bytes while the kernel is short of memory for all of them.</summary>
    private bool HasWaited => _segments.LentBytes > LentMaximum && _loop.Turns > _life.SealedIn + 1;

    private int LargestBatch => _segments.LentBytes switch
    {
        <= LentMaximum => BatchMaximum,
        <= LentToLarge => BatchInTurn,
        _ => BatchAlways,
    };

    /// <summary>Seals the next batch, or waits without one where many connections have theirs.</summary>
    private TransmitStep SealOrWait(int descriptor)
    {
        if (_segments.LentBytes <= LentMaximum && _queue.IsEmpty)
            return SealBatch(descriptor);
        ReturnBuffer();
        if (_queue.IsEmpty)
            _loop.Poll(_operation, descriptor, POLLOUT);
        else
            WaitForTurn(descriptor);
        return TransmitStep.Sending;
    }

    /// <summary>The socket has room, or has failed, which the send will tell.</summary>
    private TransmitStep OnRoom(int descriptor)
    {
        // What was to be sent has been dropped meanwhile.
        if (Remaining == 0)
            return TransmitStep.Done;
        if (_queue.TryTake(_loop, BatchBytes))
            return SealBatch(descriptor);
        WaitForTurn(descriptor);
        return TransmitStep.Sending;
    }

    private void WaitForTurn(int descriptor)
    {
        _life.Descriptor = descriptor;
        _queue.Wait(_loop, _place);
    }

    private TransmitStep SealBatch(int descriptor)
    {
        _life.BatchRecords = Math.Min(_life.BatchRecords, LargestBatch);
        var sealer = _life.Sealer!;
        var overhead = sealer.Format.Overhead;
        var updates = sealer.Format.IsTls13 && _life.Limit.IsNear(sealer.Records);
        var room = _life.Limit.Room(updates ? 0 : sealer.Records);
        if (room <= ShortRecords)
            return TransmitStep.KeysExhausted;
        var plain = BatchBytes;
        plain = (int)Math.Min((ulong)plain, (room - ShortRecords) * (ulong)sealer.PlaintextMaximum);
        var records = plain + (((plain / sealer.PlaintextMaximum) + ShortRecords) * overhead);
        if (!TryRent(_life.HeldBytes + KeyUpdate.Length + records + CloseNotify.Length + (2 * overhead)))
            return TransmitStep.NoMemory;
        var output = _life.Buffer!.Memory.Span;
        _life.SealedBytes = TakeHeld(output);
        _life.SentOfSealed = 0;
        _life.SealedIn = _loop.Turns;
        if (updates)
        {
            _life.SealedBytes += sealer.Seal(ContentType.Handshake, KeyUpdate, output[_life.SealedBytes..]);
            sealer.Update();
        }

        while (plain > 0)
        {
            var length = RangeRecords.Seal(ref _life.Ranges, sealer, plain, output[_life.SealedBytes..]);
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
