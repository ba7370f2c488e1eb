using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Locks;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>A body in native segments, written by one producer and read by any number of threads while it grows. It is held once,
/// however many read it, and counted by its references; a reader's slices are valid as long as it holds one.</summary>
internal sealed class Body
{
    // Written by the producer's thread, which drops it at the end unless a window moves on; read by any. A stored body has none: all that
    // matters until then is in there, since there are many bodies.
    private BodyArrival? _arrival;

    // Its pieces are replaced under the gate of the arrival.
    private BodySegments _segments;
    private BodyExtent _extent;

    // Written by the producer before the body is complete, read by any thread.
    private TrailerLines? _trailers;

    private ReferenceCount _references = ReferenceCount.One;

    /// <param name="totalLength">Bytes of the whole body where they are known beforehand.</param>
    /// <param name="producer">Who writes it, where the writer can be slowed down.</param>
    public Body(SegmentPool pool, long? totalLength, IBodyProducer? producer = null)
    {
        _extent = new BodyExtent(totalLength);
        _arrival = new BodyArrival(this, pool, producer);
    }

    /// <summary>Of bodies that rent nothing: those of no bytes, and those of parts of others.</summary>
    public static SegmentPool NoPool { get; } = new(limitBytes: 0);

    /// <summary>Bytes of the whole body, or null while they aren't known.</summary>
    public long? TotalLength => _extent.Total;

    /// <summary>Bytes that have arrived.</summary>
    public long Available => _extent.Available;

    public bool IsComplete => _extent.IsComplete;

    public bool HasFailed => _extent.HasFailed;

    /// <summary>Trailer lines, each with its CRLF, once the body is complete; empty for none.</summary>
    public NativeSlice Trailers => Volatile.Read(ref _trailers)?.Lines ?? default;

    /// <summary>Bytes of the segments that hold the body.</summary>
    public long AllocatedBytes => _segments.AllocatedBytes;

    /// <summary>Readers while it arrives; of a body that is limited to a window, also afterwards.</summary>
    public int ReaderCount => Arrival?.ReaderCount ?? 0;

    public BodyWindow? Window => Arrival?.Window;

    public bool IsWindowed => Window is not null;

    private BodyArrival? Arrival => Volatile.Read(ref _arrival);

    private BodyArrival Arriving => _arrival ?? throw new InvalidOperationException("The body has ended.");

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
        _segments.Drop(long.MaxValue);
        _trailers?.Segment.Release();
        _trailers = null;
    }

    /// <summary>Pulls bytes from an offset that was reached before.</summary>
    /// <param name="slice">At most <paramref name="maximum"/> contiguous bytes.</param>
    public BodyRead Read(long offset, int maximum, out NativeSlice slice)
    {
        var behind = _extent.Look(out var available);
        if (offset < available)
        {
            slice = _segments.At(offset, (int)Math.Min(maximum, available - offset));
            return BodyRead.Available;
        }

        slice = default;
        return behind;
    }

    /// <summary>Reserves room behind the bytes that have arrived; one room is out at a time. Only the producer calls it.</summary>
    /// <param name="wanted">Bytes that are about to come, above 0. A body of unknown length may make a piece of that size, however few of
    /// them come.</param>
    /// <param name="room">Where they go; no more of them than the known length allows. The caller disposes of it.</param>
    /// <returns>False without memory, or beyond the known length: the body has failed then, or was complete before.</returns>
    /// <exception cref="InvalidOperationException">The body has failed, or its room is out already.</exception>
    public bool TryReserve(int wanted, out SegmentRoom room)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(wanted);
        if (HasFailed || Arrival is { Reserved: > 0 })
            throw new InvalidOperationException(HasFailed ? "The body has failed." : "Room of the body is reserved already.");
        room = default;
        if (IsComplete)
            return false;
        var available = Available;
        if (!TryFindRoom(available, (int)Math.Min(wanted, _extent.Left), out var piece, out var reserved))
        {
            Fail();
            return false;
        }

        Arriving.Reserved = reserved;
        room = new SegmentRoom(piece.Segment, piece.At(available, reserved));
        return true;
    }

    /// <summary>Ends the reservation. Only the producer calls it. The last byte of a known length completes the body.</summary>
    /// <param name="count">Bytes that have come into the room; 0 for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">No room for so many is reserved.</exception>
    public void Commit(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(Arrival?.Reserved ?? 0), nameof(count));
        _arrival?.Reserved = 0;
        if (count > 0)
            Publish(Available + count);
    }

    /// <summary>Adds bytes. Only the producer calls it. The last byte of a known length completes the body.</summary>
    /// <returns>False without memory, or beyond the known length: the body has failed then, or was complete before.</returns>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        if (HasFailed)
            throw new InvalidOperationException("The body has failed.");
        if (IsComplete)
            return bytes.IsEmpty;
        var available = Available;
        var fits = bytes.Length <= _extent.Left;
        while (fits && !bytes.IsEmpty)
        {
            fits = TryFindRoom(available, bytes.Length, out var piece, out var taken);
            if (!fits)
                break;
            bytes[..taken].CopyTo(piece.At(available, taken).Span);
            bytes = bytes[taken..];
            available += taken;
        }

        if (fits)
            Publish(available);
        else
            Fail();
        return fits;
    }

    /// <summary>Adds bytes that another body keeps; only the producer calls it. Later bytes lie in segments of this body.</summary>
    /// <param name="source">Not limited to a window.</param>
    /// <param name="span">Bytes that are there, be they shown to its readers or not.</param>
    public void AppendShared(Body source, ByteSpan span)
    {
        long available;
        // Readers drop pieces under the gate: what they have dropped mustn't come back.
        using (Arriving.Gate.Enter(LockRank.Body))
            available = _segments.AddShared(in source._segments, span, Available);
        Advance(available);
    }

    /// <summary>Keeps the fields that follow the body; only the producer calls it, before <see cref="Complete"/>. Without memory for them
    /// there are none, which every recipient of trailers has to expect (RFC 9110, section 6.5.1).</summary>
    public void SetTrailers(FieldTable fields)
    {
        if (_trailers is not null || _arrival is not { } arrival || TrailerLines.TryMake(arrival.Pool, fields) is not { } trailers)
            return;
        Volatile.Write(ref _trailers, trailers);
        _segments.CountAllocated(trailers.Segment);
    }

    /// <summary>Ends the body, unless its last byte has; when it is shorter than its known length it has failed.</summary>
    public void Complete()
    {
        if (IsComplete)
            return;
        if (TotalLength is { } total && total != Available)
            Fail();
        else
            CompleteAt(Available);
    }

    /// <summary>Ends the body as cut short.</summary>
    public void Fail()
    {
        EndReserving(Available);
        _extent.Fail();
        EndArrival();
    }

    /// <summary>Has a reader told of progress, on its own worker's thread. Earlier progress isn't told: it pulls once more.</summary>
    /// <returns>Where the reader takes itself out, on that thread; null where nothing more comes.</returns>
    public WorkerSubscribers? Subscribe(IMailbox mailbox, IBodySubscriber subscriber) => Arrival?.Subscribe(mailbox, subscriber);

    /// <summary>Names a reader whose place keeps bytes from being dropped. Callable from any thread while the body is held.</summary>
    public void AddReader(IBodySubscriber reader) => Arrival?.AddReader(reader);

    /// <summary>Takes a reader out, on any thread. The producer of what still arrives is told when it was the last.</summary>
    public void RemoveReader(IBodySubscriber reader) => Arrival?.RemoveReader(reader);

    /// <summary>From now on only a window is held of what arrives: what all readers have read is dropped, and the producer waits.</summary>
    public void LimitToWindow(BodyWindow window) => _arrival?.Limit(window);

    /// <summary>The place of the slowest reader while the producer waits for the readers; -1 while it doesn't.</summary>
    public long FindStandstill() => Arrival?.FindStandstill() ?? -1;

    /// <summary>The number, above 0, of the standstill in which a reader holds up the producer and so others; 0 while it doesn't.</summary>
    public int FindHeldUpBy(IBodySubscriber reader) => Arrival?.FindHeldUpBy(reader) ?? 0;

    /// <summary>Whether the producer must wait; it is told by <see cref="IBodyProducer.OnRoom"/> when it may go on.</summary>
    public bool MustWait() => _arrival?.MustWait() ?? false;

    /// <summary>Called by readers after their place has moved.</summary>
    public void ReportProgress() => Arrival?.ReportProgress();

    /// <summary>Gives pieces back that lie before a byte; under the gate of the arrival.</summary>
    internal void DropBefore(long offset) => _segments.Drop(offset);

    /// <summary>Finds where the next bytes go, and how many of them do; nowhere without memory.</summary>
    private bool TryFindRoom(long available, int coming, out BodyPiece piece, out int length)
    {
        var total = TotalLength;
        piece = _segments.Last;
        length = BodyPieces.RoomIn(piece, available, total, coming);
        if (length > 0 || coming == 0)
            return length > 0;
        // Outside the gate, for which readers wait: a segment may have to be mapped.
        if (Arriving.Pool.TryRent(BodyPieces.NextLength(available, total, Arriving.HeldMaximum, coming)) is not { } segment)
            return false;
        using (Arriving.Gate.Enter(LockRank.Body))
            piece = _segments.Add(available, segment);
        length = Math.Min(segment.Length, coming);
        return true;
    }

    private void Publish(long available)
    {
        if (available == TotalLength)
            CompleteAt(available);
        else
            Advance(available);
    }

    private void Advance(long available)
    {
        _extent.Advance(available);
        Arriving.Wake();
    }

    /// <summary>All bytes are there. The producer is told when the length is known and before a reader sees the end.</summary>
    private void CompleteAt(long available)
    {
        EndReserving(available);
        _extent.FixTotal(available);
        Arriving.ReportWhole();
        _extent.Complete();
        EndArrival();
    }

    /// <summary>Tells readers of the end, which they see from here on. A window goes on until they have read it.</summary>
    private void EndArrival()
    {
        if (_arrival is not { } arrival)
            return;
        arrival.ForgetProducer();
        arrival.Wake();
        if (arrival.Window is null)
            Volatile.Write(ref _arrival, null);
    }

    /// <summary>Room may have been reserved before the end was known; an open room keeps its memory.</summary>
    private void EndReserving(long available)
    {
        _arrival?.Reserved = 0;
        if (_segments.Last is not { Segment: not null, Start: var start } || start < available)
            return;
        // Readers may drop pieces before it at this moment.
        using (Arriving.Gate.Enter(LockRank.Body))
            _segments.DropUnused(available);
    }
}
