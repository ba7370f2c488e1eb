using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>A body in native segments, written by one producer and read by any number of threads while it grows. It is held once,
/// however many read it, and counted by its references; a reader's slices are valid as long as it holds one.</summary>
internal sealed class Body
{
    // Of bodies of no bytes: a pool of their own would cost each some kilobytes.
    private static readonly SegmentPool NoPool = new(limitBytes: 0);

    private readonly SegmentPool _pool;

    // Taken inside a fetch's gate; only the segment pool's lock is taken inside it. Guards the readers and the replacement of pieces: the
    // place of the slowest reader and what is dropped for it belong together. Producer and readers are called after it.
    private readonly Lock _gate = new();
    private readonly BodyProgress _progress;

    // Belong to the gate.
    private readonly BodyReaders _readers = new();

    // Replaced under the gate, by the producer that adds and by readers that drop; read by any thread.
    private BodyPiece[] _pieces = [];

    // Written by the producer before the body is complete; the length before the segment, which publishes it.
    private Segment? _trailers;
    private int _trailersLength;

    // Written by the producer's thread alone, read by any.
    private long _allocatedBytes;
    private ReferenceCount _references = ReferenceCount.One;

    /// <param name="totalLength">Bytes of the whole body where they are known beforehand.</param>
    /// <param name="producer">Who writes it, where the writer can be slowed down.</param>
    public Body(SegmentPool pool, long? totalLength, IBodyProducer? producer = null)
    {
        _pool = pool;
        _progress = new BodyProgress(_gate, totalLength, producer);
    }

    /// <summary>Where its segments come from.</summary>
    public SegmentPool Pool => _pool;

    /// <summary>Bytes of the whole body, or null while they aren't known.</summary>
    public long? TotalLength => _progress.Total;

    /// <summary>Bytes that have arrived.</summary>
    public long Available => _progress.Available;

    public bool IsComplete => _progress.IsComplete;

    public bool HasFailed => _progress.HasFailed;

    /// <summary>Trailer lines, each with its CRLF, once the body is complete; empty for none.</summary>
    public NativeSlice Trailers => Volatile.Read(ref _trailers) is { } segment ? segment.Memory.Slice(0, _trailersLength) : default;

    /// <summary>Bytes of the segments that hold the body.</summary>
    public long AllocatedBytes => Volatile.Read(ref _allocatedBytes);

    /// <summary>A body of no bytes.</summary>
    public static Body Empty()
    {
        var body = new Body(NoPool, 0);
        body.Complete();
        return body;
    }

    /// <summary>Takes a reference, unless the last one has gone.</summary>
    public bool TryAcquire() => _references.TryAdd();

    /// <summary>Drops a reference; at the last one the memory goes back to the pool.</summary>
    public void Release()
    {
        if (!_references.Drop())
            return;
        BodyPieces.TryDrop(_pieces, long.MaxValue, out _pieces);
        _trailers?.Release();
        _trailers = null;
    }

    /// <summary>Pulls bytes from an offset that was reached before.</summary>
    /// <param name="slice">At most <paramref name="maximum"/> contiguous bytes.</param>
    public BodyRead Read(long offset, int maximum, out NativeSlice slice)
    {
        var behind = _progress.Look(out var available);
        if (offset < available)
        {
            slice = SliceAt(offset, (int)Math.Min(maximum, available - offset));
            return BodyRead.Available;
        }

        slice = default;
        return behind;
    }

    /// <summary>Adds bytes. Only the producer calls it. The last byte of a known length completes the body.</summary>
    /// <returns>False when there is no memory or the body exceeds its known length: it has failed then, or was complete
    /// before.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (HasFailed)
            throw new InvalidOperationException("The body has failed.");
        if (IsComplete)
            return bytes.IsEmpty;
        var available = Available;
        if (TotalLength is { } total && bytes.Length > total - available)
        {
            Fail();
            return false;
        }

        while (!bytes.IsEmpty)
        {
            var pieces = Volatile.Read(ref _pieces);
            var last = pieces.Length == 0 ? default : pieces[^1];
            if (last.Segment is null || available == last.End)
            {
                if (TryGrow(available))
                    continue;
                Fail();
                return false;
            }

            var taken = (int)Math.Min(bytes.Length, last.End - available);
            bytes[..taken].CopyTo(last.At(available, taken).Span);
            bytes = bytes[taken..];
            available += taken;
        }

        if (available == TotalLength)
            _progress.Complete(available);
        else
            _progress.Advance(available);
        return true;
    }

    /// <summary>Adds bytes that another body holds and keeps; only the producer calls it. What is appended later lies in segments of its
    /// own.</summary>
    /// <param name="source">Not limited to a window.</param>
    /// <param name="span">Bytes that are there, be they shown to its readers or not.</param>
    public void AppendShared(Body source, ByteSpan span)
    {
        long available;
        // Readers drop pieces under the gate: what they have dropped mustn't come back.
        lock (_gate)
        {
            var pieces = BodyPieces.Share(_pieces, Available, Volatile.Read(ref source._pieces), span, out available);
            foreach (var piece in pieces.AsSpan(_pieces.Length))
                CountAllocated(piece.Segment);
            Volatile.Write(ref _pieces, pieces);
        }

        _progress.Advance(available);
    }

    /// <summary>Keeps the fields that follow the body; only the producer calls it, before <see cref="Complete"/>. Without memory for them
    /// there are none, which every recipient of trailers has to expect (RFC 9110, section 6.5.1).</summary>
    public void SetTrailers(FieldTable fields)
    {
        if (_trailers is not null || TrailerLines.TryMake(_pool, fields, out var length) is not { } segment)
            return;
        _trailersLength = length;
        Volatile.Write(ref _trailers, segment);
        CountAllocated(segment);
    }

    /// <summary>Ends the body, unless its last byte has; when it is shorter than its known length it has failed.</summary>
    public void Complete()
    {
        if (IsComplete)
            return;
        if (TotalLength is { } total && total != Available)
            Fail();
        else
            _progress.Complete(Available);
    }

    /// <summary>Ends the body as cut short.</summary>
    public void Fail() => _progress.Fail();

    /// <summary>Has a reader told of progress, on its own worker's thread. The reader pulls once more afterwards, since earlier progress
    /// isn't told.</summary>
    public void Subscribe(IMailbox mailbox, IBodySubscriber subscriber) => _progress.Of(mailbox).Add(subscriber);

    /// <summary>Takes a reader out, on its own worker's thread.</summary>
    public void Unsubscribe(IMailbox mailbox, IBodySubscriber subscriber) => _progress.Of(mailbox).Remove(subscriber);

    /// <summary>Names a reader whose place keeps bytes from being dropped. Callable from any thread while the body is held.</summary>
    public void AddReader(IBodySubscriber reader)
    {
        lock (_gate)
            _readers.Add(reader);
    }

    /// <summary>Takes a reader out; the producer of a body that is still arriving is told when it was the last. Callable from any
    /// thread.</summary>
    public void RemoveReader(IBodySubscriber reader)
    {
        bool abandoned;
        lock (_gate)
            abandoned = _readers.Remove(reader) && !IsComplete && !HasFailed;

        if (abandoned)
            _progress.Producer?.OnReadersGone();
        else
            ReportProgress();
    }

    /// <summary>From now on only a window is held: what all readers have read is dropped, and the producer waits for the slowest.</summary>
    public void LimitToWindow(BodyWindow window) => _progress.Limit(window);

    /// <summary>The place of the slowest reader while the producer waits for the readers; -1 while it doesn't.</summary>
    public long FindStandstill()
    {
        lock (_gate)
            return _readers.ProducerWaits ? DropRead() : -1;
    }

    /// <summary>The number, above 0, of the standstill in which a reader keeps the producer, and so other readers, from going on; 0 while
    /// it doesn't.</summary>
    public int FindHeldUpBy(IBodySubscriber reader)
    {
        if (_progress.Window is not { } window)
            return 0;
        lock (_gate)
            return _readers.FindHeldUpBy(reader, Available, window.Of(_pool, _readers.Count) / 2);
    }

    public int ReaderCount
    {
        get
        {
            lock (_gate)
                return _readers.Count;
        }
    }

    public BodyWindow? Window => _progress.Window;

    public bool IsWindowed => _progress.Window is not null;

    /// <summary>Whether the producer must wait; it is told by <see cref="IBodyProducer.OnRoom"/> when it may go on.</summary>
    public bool MustWait()
    {
        if (_progress.Window is not { } window)
            return false;
        lock (_gate)
            return _readers.Wait(_readers.Count > 0 && Available - DropRead() >= window.Of(_pool, _readers.Count));
    }

    /// <summary>Called by readers after their place has moved.</summary>
    public void ReportProgress()
    {
        if (_progress.Window is not { } window)
            return;
        lock (_gate)
        {
            var held = Available - DropRead();
            if (!_readers.ProducerWaits || held > window.Of(_pool, _readers.Count) / 2)
                return;
            _readers.Wait(false);
        }

        _progress.Producer?.OnRoom();
    }

    /// <summary>Drops the pieces that all readers have read, and tells the place of the slowest.</summary>
    private long DropRead()
    {
        var slowest = _readers.FindSlowest(Available);
        if (BodyPieces.TryDrop(_pieces, slowest, out var left))
            Volatile.Write(ref _pieces, left);
        return slowest;
    }

    private bool TryGrow(long start)
    {
        lock (_gate)
        {
            var window = _progress.Window?.Of(_pool, _readers.Count);
            var wanted = BodyPieces.NextLength(start, TotalLength, window);
            if (_pool.TryRent(wanted) is not { } segment)
                return false;
            CountAllocated(segment);
            Volatile.Write(ref _pieces, [.. _pieces, new BodyPiece(start, start + segment.Length, 0, segment)]);
        }

        return true;
    }

    private void CountAllocated(Segment segment) => Volatile.Write(ref _allocatedBytes, _allocatedBytes + segment.Length);

    private NativeSlice SliceAt(long offset, int maximum)
    {
        ref readonly var piece = ref BodyPiece.Of(Volatile.Read(ref _pieces), offset);
        return piece.At(offset, (int)Math.Min(maximum, piece.End - offset));
    }
}
