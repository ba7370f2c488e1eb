using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Connections.Handshakes;

/// <summary>What all handshakes of a worker may take together. A step costs some hundred times what a cached answer does, so only some
/// are taken a turn and the others wait in order. Memory of the TLS library is held by a limited number: beyond it the oldest is dropped,
/// since a client in earnest goes on within a round trip while one that holds on to memory doesn't.</summary>
internal sealed class HandshakeGate(EventLoop loop, HandshakeLimits limits, HandshakeMemory memory) : IPosted
{
    private readonly Queue<GatedHandshake> _waiting = new();
    private readonly CounterCells _cells = new(Enum.GetValues<Cell>().Length);
    private GatedHandshake? _running;
    private GatedHandshake? _oldest;
    private GatedHandshake? _newest;
    private long _turn;
    private int _taken;
    private long _heldBytes;

    private enum Cell
    {
        Held,
        Dropped,
        Delayed,
    }

    /// <summary>Handshakes that hold memory.</summary>
    public long Held => _cells[(int)Cell.Held];

    /// <summary>Handshakes that were dropped because too many held memory.</summary>
    public long Dropped => _cells[(int)Cell.Dropped];

    /// <summary>Steps that had to wait for a later turn.</summary>
    public long Delayed => _cells[(int)Cell.Delayed];

    /// <summary>Takes a step in this turn.</summary>
    /// <returns>False when the handshake has to wait; its turn comes by <see cref="GatedHandshake.TakeStep"/>.</returns>
    public bool TryTakeStep(GatedHandshake handshake)
    {
        if (_waiting.Count == 0 && TryCount())
            return true;
        if (_waiting.Count == 0)
            loop.Defer(this);
        _cells.Add((int)Cell.Delayed);
        _waiting.Enqueue(handshake);
        return false;
    }

    /// <summary>The handshake holds so much memory from now on; if all hold too much, the oldest of the others are dropped.</summary>
    public void Hold(GatedHandshake handshake, int bytes)
    {
        if (handshake.HeldBytes == 0)
            Append(handshake);
        _heldBytes += bytes - handshake.HeldBytes;
        handshake.HeldBytes = bytes;
        while (_heldBytes > limits.HeldBytesMaximum && OldestBut(handshake) is { } oldest)
        {
            _cells.Add((int)Cell.Dropped);
            Release(oldest);
            Drop(oldest);
        }
    }

    /// <summary>The handshake holds nothing any more.</summary>
    public void Release(GatedHandshake handshake)
    {
        if (handshake.HeldBytes == 0)
            return;
        _heldBytes -= handshake.HeldBytes;
        handshake.HeldBytes = 0;
        if (handshake.Older is null)
            _oldest = handshake.Newer;
        else
            handshake.Older.Newer = handshake.Newer;
        if (handshake.Newer is null)
            _newest = handshake.Older;
        else
            handshake.Newer.Older = handshake.Older;
        handshake.Older = null;
        handshake.Newer = null;
        _cells.Add((int)Cell.Held, -1);
        memory.Add(-1);
    }

    /// <summary>A later turn: those that waited longest go first.</summary>
    public void Run()
    {
        while (_waiting.Count > 0 && TryCount())
        {
            _running = _waiting.Dequeue();
            _running.TakeStep();
        }

        _running = null;
        if (_waiting.Count > 0)
            loop.Defer(this);
    }

    /// <summary>The step of one handshake has thrown: that one ends, and the others go on in the next turn.</summary>
    public void OnFault()
    {
        var faulted = _running;
        _running = null;
        if (_waiting.Count > 0)
            loop.Defer(this);
        faulted?.OnFault();
    }

    private void Append(GatedHandshake handshake)
    {
        handshake.Older = _newest;
        if (_newest is null)
            _oldest = handshake;
        else
            _newest.Newer = handshake;
        _newest = handshake;
        _cells.Add((int)Cell.Held);
        memory.Add(1);
    }

    private GatedHandshake? OldestBut(GatedHandshake handshake) => _oldest == handshake ? handshake.Newer : _oldest;

    /// <summary>The one that is dropped isn't the one whose callback runs.</summary>
    private void Drop(GatedHandshake oldest)
    {
        try
        {
            oldest.Drop();
        }
        catch (Exception fault) when (loop.Faults.Contains(fault))
        {
            loop.Faults.End(oldest, "a handshake that is dropped", fault);
        }
    }

    private bool TryCount()
    {
        if (_turn != loop.Turns)
        {
            _turn = loop.Turns;
            _taken = 0;
        }

        if (_taken == limits.StepsPerTurn)
            return false;
        _taken++;
        return true;
    }
}
