using System.Runtime.InteropServices;

namespace TlsProxy.Proxy.Responses;

/// <summary>The readers of a body, whose places keep bytes from being dropped, and whether its producer waits for them. All of it belongs
/// to the body's gate.</summary>
internal struct BodyReaders
{
    // Most bodies that arrive have one reader, for which no list is made; the list has all of them once there were two.
    private IBodySubscriber? _only;
    private List<IBodySubscriber>? _several;
    private int _standstills;

    public readonly int Count => _several?.Count ?? (_only is null ? 0 : 1);

    /// <summary>Whether the producer waits until the slowest reader has gone on.</summary>
    public bool ProducerWaits { get; private set; }

    public void Add(IBodySubscriber reader)
    {
        if (_several is not null)
            _several.Add(reader);
        else if (_only is null)
            _only = reader;
        else
            (_several, _only) = ([_only, reader], null);
    }

    /// <returns>Whether it was there and the last.</returns>
    public bool Remove(IBodySubscriber reader)
    {
        if (_several is not null)
        {
            var wasLast = _several.Remove(reader) && _several.Count == 0;
            if (_several.Count == 0)
                _several = null;
            return wasLast;
        }

        if (_only != reader)
            return false;
        _only = null;
        return true;
    }

    /// <summary>The place of the slowest reader; <paramref name="available"/> where there is none.</summary>
    public readonly long FindSlowest(long available)
    {
        var slowest = _only is null ? available : Math.Min(available, _only.BodyOffset);
        foreach (var reader in CollectionsMarshal.AsSpan(_several))
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
    public readonly int FindHeldUpBy(IBodySubscriber reader, long available, long room)
    {
        if (!ProducerWaits || available - reader.BodyOffset <= room)
            return 0;
        if (_only is not null && _only.BodyOffset >= available)
            return _standstills;
        foreach (var other in CollectionsMarshal.AsSpan(_several))
        {
            if (other.BodyOffset >= available)
                return _standstills;
        }

        return 0;
    }
}
