namespace TlsProxy.Proxy.Responses;

/// <summary>How far a body has come. It is a field of its body, never copied.</summary>
/// <param name="total">Bytes of the whole body where they are known beforehand.</param>
internal struct BodyExtent(long? total)
{
    private const long Unknown = -1;

    // The three below: written by the producer's thread alone, read by any; each is one word, since two words would be seen half written.
    private long _total = total ?? Unknown;
    private long _available;
    private volatile Status _status;

    private enum Status
    {
        Arriving,
        Complete,
        Failed,
    }

    /// <summary>Bytes of the whole body, or null while they aren't known.</summary>
    public readonly long? Total => Volatile.Read(in _total) is >= 0 and var known ? known : null;

    /// <summary>Bytes that have arrived.</summary>
    public readonly long Available => Volatile.Read(in _available);

    public readonly bool IsComplete => _status == Status.Complete;

    public readonly bool HasFailed => _status == Status.Failed;

    /// <summary>Bytes until the known end; as many as can be where it isn't known.</summary>
    public readonly long Left => (Total ?? long.MaxValue) - Available;

    /// <summary>What a pull finds behind the last byte that has arrived, and how many have.</summary>
    public readonly BodyRead Look(out long available)
    {
        // The status is read before the count: bytes that arrived before the end are then seen with it.
        var status = _status;
        available = Available;
        return status switch
        {
            Status.Complete => BodyRead.End,
            Status.Failed => BodyRead.Failed,
            _ => BodyRead.NotYet,
        };
    }

    /// <summary>More bytes are there.</summary>
    public void Advance(long available) => Volatile.Write(ref _available, available);

    /// <summary>The length is known now; readers see the end only after <see cref="Complete"/>.</summary>
    public void FixTotal(long total) => Volatile.Write(ref _total, total);

    /// <summary>All bytes are there.</summary>
    public void Complete()
    {
        Advance(_total);
        _status = Status.Complete;
    }

    /// <summary>The body is cut short.</summary>
    public void Fail() => _status = Status.Failed;
}
