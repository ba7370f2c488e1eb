using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Responses;

/// <summary>How far a body has come, and the readers that are told of it. Everything that a reader may wait for stands here, and each
/// method that changes it ends with the wake: no reader waits for what has happened already.</summary>
/// <param name="gate">The body's; it guards the replacement of the list of workers.</param>
/// <param name="total">Bytes of the whole body where they are known beforehand.</param>
/// <param name="producer">Who writes the body, where the writer can be slowed down.</param>
internal sealed class BodyProgress(Lock gate, long? total, IBodyProducer? producer)
{
    private const long Unknown = -1;

    // The five below: written by the producer's thread alone, read by any; each is one word, since two words would be seen half written.
    private long _total = total ?? Unknown;
    private long _available;
    private volatile Status _status;
    private BodyWindow? _window;
    private IBodyProducer? _producer = producer;

    // Replaced under the gate by subscribers, read by the producer.
    private WorkerSubscribers[] _workers = [];

    private enum Status
    {
        Arriving,
        Complete,
        Failed,
    }

    /// <summary>Bytes of the whole body, or null while they aren't known.</summary>
    public long? Total => Volatile.Read(ref _total) is >= 0 and var known ? known : null;

    /// <summary>Bytes that have arrived.</summary>
    public long Available => Volatile.Read(ref _available);

    public bool IsComplete => _status == Status.Complete;

    public bool HasFailed => _status == Status.Failed;

    /// <summary>How much is held; null while everything is.</summary>
    public BodyWindow? Window => Volatile.Read(ref _window);

    /// <summary>Who writes the body; null once it has ended, since a stored body would keep its whole fetch otherwise.</summary>
    public IBodyProducer? Producer => Volatile.Read(ref _producer);

    /// <summary>What a pull finds behind the last byte that has arrived, and how many have.</summary>
    public BodyRead Look(out long available)
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
    public void Advance(long available)
    {
        Volatile.Write(ref _available, available);
        Wake();
    }

    /// <summary>All bytes are there. The producer is told when the length is known and before a reader sees the end.</summary>
    public void Complete(long available)
    {
        Volatile.Write(ref _total, available);
        _producer?.OnWhole();
        Volatile.Write(ref _available, available);
        _status = Status.Complete;
        Volatile.Write(ref _producer, null);
        Wake();
    }

    /// <summary>The body is cut short.</summary>
    public void Fail()
    {
        _status = Status.Failed;
        Volatile.Write(ref _producer, null);
        Wake();
    }

    /// <summary>From now on only a window is held: a reader that waits for bytes far ahead has to decide again.</summary>
    public void Limit(BodyWindow window)
    {
        Volatile.Write(ref _window, window);
        Wake();
    }

    /// <summary>The readers of one worker.</summary>
    public WorkerSubscribers Of(IMailbox mailbox)
    {
        lock (gate)
        {
            foreach (var known in _workers)
            {
                if (known.Mailbox == mailbox)
                    return known;
            }

            var added = new WorkerSubscribers(mailbox);
            Volatile.Write(ref _workers, [.. _workers, added]);
            return added;
        }
    }

    private void Wake()
    {
        // Pairs with the gate in Of: either the reader's later pull sees the change, or its list is seen here.
        Interlocked.MemoryBarrier();
        foreach (var worker in Volatile.Read(ref _workers))
            worker.Wake();
    }
}
