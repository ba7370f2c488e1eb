using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream;

/// <summary>The body of a request on its way from the client's connection to the origin, through a buffer of bounded size.
/// The loop's thread writes, one other thread at a time pulls.</summary>
/// <remarks>So many fields because the bytes, their state and what the two sides wait for change under one lock.</remarks>
internal sealed class RequestBody : IPosted
{
    /// <summary>The most bytes held, unless said otherwise (256 KiB).</summary>
    public const int DefaultCapacity = 4 * RequestBodySegments.SegmentBytes;

    // Guards all that changes below, between the loop's thread that writes and the thread that pulls. Inside it only the pool of the
    // segments is called. Waiters are woken after it, so that none runs under it.
    private readonly Lock _lock = new();
    private readonly IMailbox _mailbox;
    private readonly IRequestBodyWriter _writer;
    private readonly RequestBodySegments _held;
    private readonly int _capacity;
    private long _taken;
    private FieldTable? _trailers;
    private State _state;
    private bool _roomWanted;
    private bool _hasBeenPulled;
    private bool _wanted;
    private bool _writerLeft;

    // Between a pull and its Advance, the front's memory is the reader's to look at, whatever becomes of the body.
    private bool _isPulled;
    private IRequestBodyReader? _reader;

    /// <param name="length">Bytes of the body, or null when only its end will tell (chunked).</param>
    /// <param name="mailbox">The loop whose thread writes.</param>
    /// <param name="pool">Where the bytes are held.</param>
    /// <param name="capacity">The most bytes held.</param>
    public RequestBody(
        long? length, IMailbox mailbox, IRequestBodyWriter writer, SegmentPool pool, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        Length = length;
        _mailbox = mailbox;
        _writer = writer;
        _capacity = (int)Math.Clamp(length ?? capacity, 2, capacity);
        _held = new RequestBodySegments(pool, _capacity);
    }

    private enum State : byte
    {
        Open,
        Complete,
        Aborted,
        Discarded,

        /// <summary>Discarded for want of memory.</summary>
        Starved,
    }

    /// <summary>Bytes of the whole body, or null when they aren't known before its end.</summary>
    public long? Length { get; }

    /// <summary>The writer waits to be told when the body is first pulled.</summary>
    public bool TellsWanted { get; init; }

    /// <summary>Whether the client broke off, so that the body will never be whole.</summary>
    public bool IsAborted
    {
        get
        {
            lock (_lock)
                return _state == State.Aborted;
        }
    }

    /// <summary>Whether it was given up for want of memory, which is nobody's failure but the proxy's.</summary>
    public bool LacksMemory
    {
        get
        {
            // Written under the lock by the client's side.
            lock (_lock)
                return _state == State.Starved;
        }
    }

    /// <summary>The fields behind the body that may be passed on (RFC 9110, section 6.5), once a pull has found
    /// <see cref="RequestBodyPull.End"/>; null where there are none.</summary>
    public FieldTable? Trailers
    {
        get
        {
            lock (_lock)
                return _trailers;
        }
    }

    private bool IsOver => _state is State.Aborted or State.Discarded or State.Starved;

    /// <summary>Takes decoded bytes; loop's thread only. After less than all, wait for <see cref="IRequestBodyWriter.OnRoom"/>.</summary>
    /// <returns>Bytes taken. When the origin no longer wants the body, or there is no memory for it, all are taken and forgotten,
    /// so that the connection can read on.</returns>
    /// <exception cref="InvalidOperationException">The body has ended, or exceeds its announced length.</exception>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        IRequestBodyReader? readable;
        int taken;
        lock (_lock)
        {
            if (_writerLeft || bytes.Length > (Length ?? long.MaxValue) - _taken)
                throw new InvalidOperationException("The body was written beyond its end.");
            taken = _state is State.Discarded or State.Starved ? bytes.Length : _held.Put(bytes);
            // With nothing held there is no pull that could tell of room later: what has no memory now ends the body.
            if (_held.Count == 0 && taken < bytes.Length)
            {
                _state = State.Starved;
                taken = bytes.Length;
            }

            _taken += taken;
            // Once wanted it stays so: a paused client may still write what was on its way, and find room for it.
            _roomWanted |= taken < bytes.Length;
            readable = taken > 0 ? TakeReader() : null;
        }

        readable?.OnReadable();
        return taken;
    }

    /// <summary>The client sent everything; loop's thread only. A body short of its announced length counts as aborted.</summary>
    /// <param name="trailers">The fields behind it, which nobody changes any more; null for none.</param>
    public void Complete(FieldTable? trailers = null) => Leave(State.Complete, trailers);

    /// <summary>The client broke off; loop's thread only. Nothing happens after the end.</summary>
    public void Abort() => Leave(State.Aborted);

    /// <summary>Looks at the next bytes.</summary>
    /// <param name="bytes">Valid until <see cref="Advance"/>, which has to follow them, even where the body ends meanwhile.</param>
    /// <exception cref="InvalidOperationException">The bytes of the pull before are still looked at.</exception>
    public RequestBodyPull TryPull(out NativeSlice bytes)
    {
        bytes = default;
        RequestBodyPull found;
        var isFirst = false;
        lock (_lock)
        {
            if (_isPulled)
                throw new InvalidOperationException("The body was pulled twice without an advance.");
            if (IsOver)
                return RequestBodyPull.Broken;
            if (TellsWanted && !_hasBeenPulled)
                isFirst = _hasBeenPulled = _wanted = true;
            if (_held.Count > 0)
            {
                bytes = _held.Front;
                _isPulled = true;
                found = RequestBodyPull.Bytes;
            }
            else
            {
                found = _state == State.Complete ? RequestBodyPull.End : RequestBodyPull.NotYet;
            }
        }

        if (isFirst)
            _mailbox.Post(this);
        return found;
    }

    /// <summary>Ends a pull: takes the first of its bytes, and leaves the others for the next.</summary>
    /// <param name="count">Bytes taken; 0 where they are to be pulled once more.</param>
    public void Advance(int count)
    {
        bool tellsRoom;
        lock (_lock)
        {
            if (!_isPulled)
                throw new InvalidOperationException("The body was advanced without a pull.");
            _isPulled = false;
            if (IsOver)
            {
                _held.Clear(keepsFront: false);
                return;
            }

            _held.Drop(count);
            // Half empty rather than any room: a slow origin would otherwise cost a wake of the loop for each of its writes.
            tellsRoom = _held.Count <= _capacity / 2 && TakeRoomWanted();
        }

        if (tellsRoom)
            _mailbox.Post(this);
    }

    /// <summary>Has a reader told once when a pull finds other than <see cref="RequestBodyPull.NotYet"/>: within the call where it does
    /// already. A later reader takes an earlier one's place.</summary>
    public void Subscribe(IRequestBodyReader reader)
    {
        lock (_lock)
        {
            if (_held.Count == 0 && _state == State.Open)
            {
                _reader = reader;
                return;
            }
        }

        reader.OnReadable();
    }

    /// <summary>The origin wants no more; callable from any thread. No reader is told of anything afterwards.</summary>
    public void Discard()
    {
        bool tellsRoom;
        lock (_lock)
        {
            if (_state != State.Aborted)
                _state = State.Discarded;
            _held.Clear(keepsFront: _isPulled);
            _reader = null;
            tellsRoom = TakeRoomWanted();
        }

        if (tellsRoom)
            _mailbox.Post(this);
    }

    /// <summary>Tells the writer that the body is wanted or has room, on the loop's thread.</summary>
    void IPosted.Run()
    {
        // The writer leaves on this same thread: after it has, the connection may be busy with another request.
        if (_writerLeft)
            return;
        bool wanted;
        lock (_lock)
        {
            wanted = _wanted;
            _wanted = false;
        }

        if (wanted)
            _writer.OnWanted();
        if (!_writerLeft)
            _writer.OnRoom();
    }

    void IFaultDomain.OnFault()
    {
        if (!_writerLeft)
            _writer.OnFault();
    }

    private void Leave(State state, FieldTable? trailers = null)
    {
        IRequestBodyReader? readable;
        lock (_lock)
        {
            if (_writerLeft)
                return;
            _writerLeft = true;
            if (_state != State.Open)
                return;
            _state = state == State.Complete && Length is { } length && length != _taken ? State.Aborted : state;
            if (_state == State.Aborted)
                _held.Clear(keepsFront: _isPulled);
            else
                _trailers = trailers;
            readable = TakeReader();
        }

        readable?.OnReadable();
    }

    private IRequestBodyReader? TakeReader()
    {
        var reader = _reader;
        _reader = null;
        return reader;
    }

    private bool TakeRoomWanted()
    {
        var wanted = _roomWanted;
        _roomWanted = false;
        return wanted;
    }
}
