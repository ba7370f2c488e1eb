namespace TlsProxy.Proxy.Responses;

/// <summary>The readers of a body, whose places keep bytes from being dropped, and whether its producer waits for them. All of it belongs
/// to the body's gate.</summary>
internal sealed class BodyReaders
{
    private readonly List<IBodySubscriber> _readers = [];
    private int _standstills;

    public int Count => _readers.Count;

    /// <summary>Whether the producer waits until the slowest reader has gone on.</summary>
    public bool ProducerWaits { get; private set; }

    public void Add(IBodySubscriber reader) => _readers.Add(reader);

    /// <returns>Whether it was there and the last.</returns>
    public bool Remove(IBodySubscriber reader)
    {
        var wasLast = _readers.Remove(reader) && _readers.Count == 0;
        if (_readers.Count == 0)
            _readers.TrimExcess();
        return wasLast;
    }

    /// <summary>The place of the slowest reader; <paramref name="available"/> where there is none.</summary>
    public long FindSlowest(long available)
    {
        var slowest = available;
        foreach (var reader in _readers)
            slowest = Math.Min(slowest, reader.BodyOffset);
        return slowest;
    }

    /// <summary>Has the producer wait, or go on.</summary>
    public bool Wait(bool waits)
    {
        if (waits && !ProducerWaits)
            _standstills++;
        return ProducerWaits = waits;
    }

    /// <summary>The number of the standstill in which the producer waits for this reader while another waits for the producer; 0 while it
    /// doesn't.</summary>
    /// <param name="available">Bytes that have arrived.</param>
    /// <param name="room">Readers that are less far behind don't keep the producer from going on.</param>
    public int FindHeldUpBy(IBodySubscriber reader, long available, long room)
    {
        if (!ProducerWaits || available - reader.BodyOffset <= room)
            return 0;
        foreach (var other in _readers)
        {
            if (other.BodyOffset >= available)
                return _standstills;
        }

        return 0;
    }
}
