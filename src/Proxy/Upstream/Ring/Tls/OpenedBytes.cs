using TlsProxy.Proxy.Upstream.Ring.Transports;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>Gives what a channel has opened to the receives of a transport's owner, one after the other, and keeps what none has asked for.
/// A life of one connection.</summary>
internal sealed class OpenedBytes(SegmentPool pool)
{
    private readonly UnreadBytes _unread = new(pool);

    // Without memory of the owner's, the receive takes what comes where it lies.
    private NativeSlice _memory;
    private bool _isGiving;
    private bool _isStopped;

    /// <summary>A receive is asked for.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Nothing more comes.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Why nothing more comes; null where the origin has declared the end.</summary>
    public string? Failure { get; private set; }

    /// <summary>Bytes wait for a receive.</summary>
    public bool HasUnread => !_unread.IsEmpty;

    /// <summary>Asks for bytes.</summary>
    /// <param name="memory">Where they are wanted; empty for where they lie.</param>
    /// <returns>Whether there are some, or the end is, and nobody is giving them: <see cref="GiveUnread"/> is due.</returns>
    public bool Want(NativeSlice memory)
    {
        IsWanted = true;
        _memory = memory;
        return !_isGiving && (HasUnread || HasEnded);
    }

    /// <summary>Gives bytes, and keeps those that nobody has asked for.</summary>
    /// <returns>False where there is no memory for them.</returns>
    public bool TryTake(ReadOnlySpan<byte> bytes, ITransportOwner? owner)
    {
        if (!HasUnread)
            bytes = Give(bytes, owner);
        return bytes.IsEmpty || _isStopped || _unread.TryAdd(bytes);
    }

    /// <summary>Gives what was kept to the receive that is asked for, and then the end.</summary>
    public void GiveUnread(ITransportOwner? owner)
    {
        var rest = Give(_unread.Take(), owner);
        if (_isStopped)
            return;
        _unread.PutBack(rest.Length);
        if (HasUnread)
            return;
        _unread.Release();
        if (!HasEnded || !IsWanted)
            return;
        IsWanted = false;
        owner!.OnReceived(Failure is null ? TransportResult.Of(0) : TransportResult.Failed(Failure));
    }

    /// <summary>Nothing more comes.</summary>
    /// <param name="failure">Why; null where the origin has declared the end. The first counts.</param>
    public void End(string? failure)
    {
        if (HasEnded)
            return;
        HasEnded = true;
        Failure = failure;
    }

    /// <summary>Nothing is given any more.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Gives the memory back.</summary>
    public void Release() => _unread.Release();

    /// <returns>The bytes that nobody has asked for.</returns>
    private ReadOnlySpan<byte> Give(ReadOnlySpan<byte> bytes, ITransportOwner? owner)
    {
        _isGiving = true;
        while (IsWanted && !bytes.IsEmpty && !_isStopped)
        {
            IsWanted = false;
            var given = bytes;
            if (_memory.IsEmpty)
            {
                bytes = [];
                owner!.OnReceived(TransportResult.Of(given));
                continue;
            }

            given = bytes[..Math.Min(bytes.Length, _memory.Length)];
            given.CopyTo(_memory.Span);
            bytes = bytes[given.Length..];
            owner!.OnReceived(TransportResult.Of(given.Length));
        }

        _isGiving = false;
        return bytes;
    }
}
