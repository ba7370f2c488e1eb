using System.Buffers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Upstream;

/// <summary>The body of a request on its way from the client's connection to the origin, through a buffer of bounded size.
/// The loop's thread writes, one other thread at a time reads.</summary>
/// <remarks>So many fields because the ring, its state and what the two sides wait for change under one lock.</remarks>
internal sealed class RequestBody : IPosted
{
    /// <summary>The most bytes held, unless said otherwise (256 KiB).</summary>
    public const int DefaultCapacity = 256 * 1024;

    // Guards all that changes below, between the loop's thread that writes and the thread that reads. Waiters are woken after it, so that
    // none runs under it.
    private readonly Lock _lock = new();
    private readonly IMailbox _mailbox;
    private readonly IRequestBodyWriter _writer;
    private readonly int _capacity;
    private byte[]? _ring;
    private int _start;
    private int _count;
    private long _taken;
    private State _state;
    private bool _roomWanted;
    private bool _read;
    private bool _wanted;
    private bool _writerLeft;
    private TaskCompletionSource? _readable;

    /// <param name="length">Bytes of the body, or null when only its end will tell (chunked).</param>
    /// <param name="mailbox">The loop whose thread writes.</param>
    /// <param name="capacity">The most bytes held.</param>
    public RequestBody(long? length, IMailbox mailbox, IRequestBodyWriter writer, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        Length = length;
        _mailbox = mailbox;
        _writer = writer;
        _capacity = (int)Math.Clamp(length ?? capacity, 2, capacity);
    }

    private enum State : byte
    {
        Open,
        Complete,
        Aborted,
        Discarded,
    }

    /// <summary>Bytes of the whole body, or null when they aren't known before its end.</summary>
    public long? Length { get; }

    /// <summary>The writer waits to be told when the body is first read.</summary>
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

    /// <summary>Takes decoded bytes; loop's thread only. After less than all, wait for <see cref="IRequestBodyWriter.OnRoom"/>.</summary>
    /// <returns>Bytes taken. When the origin no longer wants the body all are taken and forgotten,
    /// so that the connection can read on.</returns>
    /// <exception cref="InvalidOperationException">The body has ended, or exceeds its announced length.</exception>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        TaskCompletionSource? readable;
        int taken;
        lock (_lock)
        {
            if (_writerLeft || bytes.Length > (Length ?? long.MaxValue) - _taken)
                throw new InvalidOperationException("The body was written beyond its end.");
            if (_state == State.Discarded)
            {
                _taken += bytes.Length;
                return bytes.Length;
            }

            taken = Put(bytes);
            // Once wanted it stays so: a paused client may still write what was on its way, and find room for it.
            _roomWanted |= taken < bytes.Length;
            readable = taken > 0 ? Interlocked.Exchange(ref _readable, null) : null;
        }

        readable?.TrySetResult();
        return taken;
    }

    /// <summary>The client sent everything; loop's thread only. A body short of its announced length counts as aborted.</summary>
    public void Complete() => Leave(State.Complete);

    /// <summary>The client broke off; loop's thread only. Nothing happens after the end.</summary>
    public void Abort() => Leave(State.Aborted);

    /// <summary>Reads into <paramref name="destination"/> as soon as there are bytes.</summary>
    /// <returns>Bytes read; 0 at the end; -1 when the client broke off or the body was discarded.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        while (true)
        {
            Task waiting;
            lock (_lock)
            {
                if (_state is State.Aborted or State.Discarded)
                    return -1;
                if (TellsWanted && !_read)
                {
                    _read = true;
                    _wanted = true;
                    _mailbox.Post(this);
                }

                if (_count > 0)
                    return Take(destination.Span);
                if (_state == State.Complete)
                    return 0;
                _readable ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                waiting = _readable.Task;
            }

            await waiting.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The origin wants no more; callable from any thread, but not while a read is under way.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            if (_state == State.Open)
                _state = State.Discarded;
            ReturnRing();
            NotifyRoom();
        }
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

    private void Leave(State state)
    {
        TaskCompletionSource? readable;
        lock (_lock)
        {
            if (_writerLeft)
                return;
            _writerLeft = true;
            if (_state != State.Open)
                return;
            _state = state == State.Complete && Length is { } length && length != _taken ? State.Aborted : state;
            if (_state == State.Aborted)
                ReturnRing();
            readable = Interlocked.Exchange(ref _readable, null);
        }

        readable?.TrySetResult();
    }

    private int Put(ReadOnlySpan<byte> bytes)
    {
        _ring ??= ArrayPool<byte>.Shared.Rent(_capacity);
        var length = Math.Min(bytes.Length, _capacity - _count);
        var end = (_start + _count) % _capacity;
        var first = Math.Min(length, _capacity - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..length].CopyTo(_ring);
        _count += length;
        _taken += length;
        return length;
    }

    private int Take(Span<byte> destination)
    {
        var length = Math.Min(destination.Length, _count);
        var first = Math.Min(length, _capacity - _start);
        _ring.AsSpan(_start, first).CopyTo(destination);
        _ring.AsSpan(0, length - first).CopyTo(destination[first..]);
        _start = (_start + length) % _capacity;
        _count -= length;
        // Half empty rather than any room: a slow origin would otherwise cost a wake of the loop for each of its reads.
        if (_count <= _capacity / 2)
            NotifyRoom();
        if (_count == 0)
            ReturnRing();
        return length;
    }

    private void NotifyRoom()
    {
        if (!_roomWanted)
            return;
        _roomWanted = false;
        _mailbox.Post(this);
    }

    private void ReturnRing()
    {
        if (_ring is null)
            return;
        ArrayPool<byte>.Shared.Return(_ring);
        _ring = null;
        _start = 0;
        _count = 0;
    }
}
