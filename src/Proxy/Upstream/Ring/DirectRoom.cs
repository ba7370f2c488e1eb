using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring;

/// <summary>Room of the sink's that the kernel receives into. It is given back when the receive has ended, whatever has ended it.</summary>
internal struct DirectRoom(SinkCalls sink)
{
    private SegmentRoom _room;

    /// <summary>A receive may be writing the room.</summary>
    public bool IsReserved { get; private set; }

    public readonly NativeSlice Memory => _room.Memory;

    /// <param name="wanted">Bytes that are due.</param>
    /// <returns>False where the sink wants no more.</returns>
    public bool TryReserve(long wanted)
    {
        IsReserved = sink.TryReserve(wanted, out _room);
        return IsReserved;
    }

    /// <summary>Bytes have come into the room.</summary>
    public AnswerStep Commit(int count)
    {
        Drop();
        return sink.Commit(count);
    }

    /// <summary>Gives the room back; nothing has come into it that counts.</summary>
    public void Drop()
    {
        if (!IsReserved)
            return;
        var room = _room;
        (IsReserved, _room) = (false, default);
        room.Dispose();
    }
}
