using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Cache;

/// <summary>A body in native segments, written by one producer and read by any number of threads while it grows. It is held once, however many
/// read it, and counted by its references; a reader's slices are valid as long as it holds one.</summary>
internal sealed partial class StoredBody
{
    private const int FirstSegment = 4096;

    // A piece of a body of unknown length is at most this large a part of what precedes it, so that at most an eighth is wasted.
    private const int GrowthDivisor = 8;
    private const int WindowPieceMaximum = 256 * 1024;
    private const int WindowPieces = 4;

    private readonly SegmentPool _pool;
    private readonly IBodyProducer? _producer;
    private readonly Lock _gate = new();
    private readonly List<IBodySubscriber> _readers = [];
    private WorkerSubscribers[] _subscribers = [];
    private BodyWindow? _window;
    private bool _producerWaits;
    private Piece[] _pieces = [];
    private Segment? _trailers;
    private int _trailersLength;
    private long _available;
    private int _references = 1;
    private volatile Status _status;

    /// <param name="totalLength">Bytes of the whole body where they are known beforehand.</param>
    /// <param name="producer">Who writes it, where the writer can be slowed down.</param>
    public StoredBody(SegmentPool pool, long? totalLength, IBodyProducer? producer = null)
    {
        _pool = pool;
        _producer = producer;
        TotalLength = totalLength;
    }

    /// <summary>A body of no bytes.</summary>
    public static StoredBody Empty() => new(new SegmentPool(), 0) { _status = Status.Complete };

    private enum Status
    {
        Arriving,
        Complete,
        Failed,
    }

    /// <summary>Bytes of the whole body, or null while they aren't known.</summary>
    public long? TotalLength { get; private set; }

    /// <summary>Bytes that have arrived.</summary>
    public long Available => Volatile.Read(ref _available);

    public bool IsComplete => _status == Status.Complete;

    public bool HasFailed => _status == Status.Failed;

    /// <summary>Trailer lines, each with its CRLF, once the body is complete; empty for none.</summary>
    public NativeSlice Trailers => _trailers is { } segment ? segment.Memory.Slice(0, _trailersLength) : default;

    /// <summary>Bytes of the segments that hold the body.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Takes a reference, unless the last one has gone.</summary>
    public bool TryAcquire()
    {
        var seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            var before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
                return true;
            seen = before;
        }

        return false;
    }

    /// <summary>Drops a reference; at the last one the memory goes back to the pool.</summary>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left > 0)
            return;
        if (left < 0)
            throw new InvalidOperationException("The body was released more often than acquired.");
        foreach (var piece in _pieces)
            piece.Segment.Release();
        _pieces = [];
        _trailers?.Release();
        _trailers = null;
    }

    /// <summary>Pulls bytes from an offset that was reached before.</summary>
    /// <param name="slice">At most <paramref name="maximum"/> contiguous bytes.</param>
    public BodyRead Read(long offset, int maximum, out NativeSlice slice)
    {
        // The status is read before the count: bytes that arrived before the end are then seen with it.
        var status = _status;
        var available = Available;
        if (offset < available)
        {
            slice = SliceAt(offset, (int)Math.Min(maximum, available - offset));
            return BodyRead.Available;
        }

        slice = default;
        return status switch
        {
            Status.Complete => BodyRead.End,
            Status.Failed => BodyRead.Failed,
            _ => BodyRead.NotYet,
        };
    }

    /// <summary>Adds bytes. Only the producer calls it. The last byte of a known length completes the body.</summary>
    /// <returns>False when there is no memory or the body exceeds its known length; the body has failed then, or was complete before.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_status == Status.Failed)
            throw new InvalidOperationException("The body has failed.");
        if (_status == Status.Complete)
            return bytes.IsEmpty;
        if (TotalLength is { } total && bytes.Length > total - _available)
        {
            Fail();
            return false;
        }

        var available = _available;
        while (!bytes.IsEmpty)
        {
            var pieces = Volatile.Read(ref _pieces);
            var last = pieces.Length == 0 ? default : pieces[^1];
            if (last.Segment is null || available == last.End)
            {
                if (!TryGrow(available))
                {
                    Fail();
                    return false;
                }

                continue;
            }

            var taken = (int)Math.Min(bytes.Length, last.End - available);
            bytes[..taken].CopyTo(last.At(available, taken).Span);
            bytes = bytes[taken..];
            available += taken;
        }

        var isWhole = available == TotalLength;
        if (isWhole)
            _producer?.OnWhole();
        Volatile.Write(ref _available, available);
        if (isWhole)
            _status = Status.Complete;
        WakeSubscribers();
        return true;
    }

    /// <summary>Keeps what follows the body; only the producer calls it, before <see cref="Complete"/>. Without memory for them there are none, which is
    /// what every recipient of trailers has to expect (RFC 9110, section 6.5.1).</summary>
    public void SetTrailers(FieldTable fields)
    {
        var length = 0;
        for (var i = 0; i < fields.Count; i++)
            length += fields.Name(i).Length + fields.Value(i).Length + ": \r\n".Length;
        if (_trailers is not null || length == 0 || _pool.TryRent(length) is not { } segment)
            return;
        var writer = new HeadWriter(segment.Memory.Span);
        for (var i = 0; i < fields.Count; i++)
            writer.Field(fields.Name(i), fields.Value(i));
        _trailersLength = writer.Length;
        _trailers = segment;
        AllocatedBytes += segment.Length;
    }

    /// <summary>Ends the body, unless its last byte has; when it is shorter than its known length it has failed.</summary>
    public void Complete()
    {
        if (_status == Status.Complete)
            return;
        if (TotalLength is { } total && total != _available)
        {
            Fail();
            return;
        }

        TotalLength = _available;
        _producer?.OnWhole();
        _status = Status.Complete;
        WakeSubscribers();
    }

    /// <summary>Ends the body as cut short.</summary>
    public void Fail()
    {
        _status = Status.Failed;
        WakeSubscribers();
    }

    /// <summary>Has a reader told of progress, on its own worker's thread. The reader pulls once more afterwards: what arrived before isn't told.</summary>
    public void Subscribe(IMailbox mailbox, IBodySubscriber subscriber) => Of(mailbox).Add(subscriber);

    /// <summary>Takes a reader out, on its own worker's thread.</summary>
    public void Unsubscribe(IMailbox mailbox, IBodySubscriber subscriber) => Of(mailbox).Remove(subscriber);

    /// <summary>Names a reader whose place keeps bytes from being dropped. Callable from any thread while the body is held.</summary>
    public void AddReader(IBodySubscriber reader)
    {
        lock (_gate)
            _readers.Add(reader);
    }

    /// <summary>Takes a reader out; the producer of a body that is still arriving is told when it was the last. Callable from any thread.</summary>
    public void RemoveReader(IBodySubscriber reader)
    {
        bool abandoned;
        lock (_gate)
            abandoned = _readers.Remove(reader) && _readers.Count == 0 && _status == Status.Arriving;
        if (abandoned)
            _producer?.OnReadersGone();
        else
            ReportProgress();
    }

    /// <summary>From now on only a window is held: what all readers have read is dropped, and the producer waits for the slowest.</summary>
    public void LimitToWindow(BodyWindow window)
    {
        lock (_gate)
            _window = window;
    }

    public int ReaderCount
    {
        get
        {
            lock (_gate)
                return _readers.Count;
        }
    }

    public bool IsWindowed => Volatile.Read(ref _window) is not null;

    /// <summary>Whether the producer must wait; it is told by <see cref="IBodyProducer.OnRoom"/> when it may go on.</summary>
    public bool MustWait()
    {
        if (Volatile.Read(ref _window) is not { } window)
            return false;
        lock (_gate)
        {
            _producerWaits = _readers.Count > 0 && _available - DropRead() >= window.Of(_pool);
            return _producerWaits;
        }
    }

    /// <summary>Called by readers after their place has moved.</summary>
    public void ReportProgress()
    {
        if (Volatile.Read(ref _window) is not { } window)
            return;
        lock (_gate)
        {
            var held = _available - DropRead();
            if (!_producerWaits || held > window.Of(_pool) / 2)
                return;
            _producerWaits = false;
        }

        _producer?.OnRoom();
    }

    /// <summary>Drops the pieces that all readers have read.</summary>
    /// <returns>The place of the slowest reader.</returns>
    private long DropRead()
    {
        var slowest = _available;
        foreach (var reader in _readers)
            slowest = Math.Min(slowest, reader.BodyOffset);
        var read = 0;
        while (read < _pieces.Length && _pieces[read].End <= slowest)
            _pieces[read++].Segment.Release();
        if (read > 0)
            Volatile.Write(ref _pieces, _pieces[read..]);
        return slowest;
    }

    private WorkerSubscribers Of(IMailbox mailbox)
    {
        lock (_gate)
        {
            foreach (var known in _subscribers)
            {
                if (known.Mailbox == mailbox)
                    return known;
            }

            var added = new WorkerSubscribers(mailbox);
            Volatile.Write(ref _subscribers, [.. _subscribers, added]);
            return added;
        }
    }

    private void WakeSubscribers()
    {
        // Pairs with the gate in Subscribe: either the reader's later pull sees the bytes, or its list is seen here.
        Interlocked.MemoryBarrier();
        foreach (var worker in Volatile.Read(ref _subscribers))
            worker.Wake();
    }

    private bool TryGrow(long start)
    {
        var wanted = TotalLength is { } total
            ? Math.Min(total - start, SegmentPool.LargestSegment)
            : Math.Min(Math.Max(FirstSegment, start / GrowthDivisor), SegmentPool.LargestSegment / 4);
        lock (_gate)
        {
            if (_window is { } window)
                wanted = Math.Min(wanted, Math.Min(WindowPieceMaximum, window.Of(_pool) / WindowPieces));
            if (_pool.TryRent((int)wanted) is not { } segment)
                return false;
            AllocatedBytes += segment.Length;
            Volatile.Write(ref _pieces, [.. _pieces, new Piece(start, start + segment.Length, 0, segment)]);
        }

        return true;
    }

    private NativeSlice SliceAt(long offset, int maximum)
    {
        var pieces = Volatile.Read(ref _pieces);
        var low = 0;
        var high = pieces.Length - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (pieces[middle].Start <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        ref readonly var piece = ref pieces[low];
        return piece.At(offset, (int)Math.Min(maximum, piece.End - offset));
    }

    /// <summary>Bytes from <paramref name="Start"/> up to <paramref name="End"/> of the body, in a segment after <paramref name="Skipped"/> of others.</summary>
    private readonly record struct Piece(long Start, long End, int Skipped, Segment Segment)
    {
        public NativeSlice At(long offset, int length) => Segment.Memory.Slice((int)(offset - Start) + Skipped, length);
    }
}
