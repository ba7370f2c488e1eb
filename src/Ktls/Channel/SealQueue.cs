using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Channel;

/// <summary>Bounds what the connections of one loop seal in a turn while many of them send. Those beyond the bound wait, first come first
/// served. So few records exist at a time, however many connections send, and their memory stays in the processor's caches.</summary>
internal sealed class SealQueue : IPosted
{
    /// <summary>Plaintext bytes sealed in a turn; the last batch may exceed it.</summary>
    public const int BytesPerTurn = 1 << 20;

    private readonly LinkedList<SealedTransmitter> _waiting = [];
    private EventLoop? _loop;
    private bool _isDeferred;

    // The one that is let go on at this moment.
    private SealedTransmitter? _admitted;

    // The turn that bytes were taken in last, and how many.
    private long _turn;
    private int _taken;

    /// <summary>Whether no connection waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Takes bytes out of those of the turn.</summary>
    /// <returns>False where none are left.</returns>
    public bool TryTake(EventLoop loop, int bytes)
    {
        if (_turn != loop.Turns)
        {
            _turn = loop.Turns;
            _taken = 0;
        }

        if (_taken >= BytesPerTurn)
            return false;
        _taken += bytes;
        return true;
    }

    /// <summary>Lets a connection go on in a later turn, by <see cref="SealedTransmitter.OnAdmitted"/>.</summary>
    /// <param name="place">Its own, which isn't in the queue.</param>
    public void Wait(EventLoop loop, LinkedListNode<SealedTransmitter> place)
    {
        _loop = loop;
        _waiting.AddLast(place);
        Defer();
    }

    /// <summary>Takes a connection out of the queue, if it is there.</summary>
    public void Leave(LinkedListNode<SealedTransmitter> place)
    {
        if (place.List is not null)
            _waiting.Remove(place);
    }

    public void Run()
    {
        _isDeferred = false;
        for (var bytes = 0; bytes < BytesPerTurn && _waiting.First is { } place;)
        {
            _waiting.Remove(place);
            _admitted = place.Value;
            bytes += _admitted.BatchBytes;
            _admitted.OnAdmitted();
        }

        _admitted = null;
        Defer();
    }

    /// <summary>A connection that was let go on has thrown: that one ends, and the others wait for the next turn.</summary>
    public void OnFault()
    {
        var faulted = _admitted;
        _admitted = null;
        // It may have been run or not.
        _isDeferred = false;
        Defer();
        faulted?.OnFault();
    }

    private void Defer()
    {
        if (_isDeferred || IsEmpty)
            return;
        _isDeferred = true;
        _loop!.Defer(this);
    }
}
