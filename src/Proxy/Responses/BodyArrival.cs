using TlsProxy.Uring.Locks;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Responses;

/// <summary>Those who take part in a body while it arrives: its producer, its readers, and the window between them. A reader may wait for
/// what the producer or <see cref="Limit"/> changes, so each such change ends with the wake.</summary>
/// <param name="pool">Where the body's segments come from.</param>
/// <param name="producer">Who writes the body, where the writer can be slowed down.</param>
internal sealed class BodyArrival(Body body, SegmentPool pool, IBodyProducer? producer)
{
    // Taken inside a fetch's gate; only the segment pool's lock is taken inside it. Guards the readers and the replacement of pieces: the
    // place of the slowest reader and what is dropped for it belong together. Producer and readers are called after it.
    private readonly Lock _gate = new();

    // Belong to the gate.
    private BodyReaders _readers;

    // Replaced under the gate by subscribers, read by the producer.
    private WorkerSubscribers[] _workers = [];

    // Both are written by the producer's thread alone and read by any; each is one word.
    private BodyWindow? _window;
    private IBodyProducer? _producer = producer;

    /// <summary>Held while the pieces of the body are replaced.</summary>
    public Lock Gate => _gate;

    /// <summary>Where the body's segments come from.</summary>
    public SegmentPool Pool => pool;

    /// <summary>Bytes of the room that is out; the producer's thread alone.</summary>
    public int Reserved { get; set; }

    /// <summary>How much is held; null while everything is.</summary>
    public BodyWindow? Window => Volatile.Read(ref _window);

    public int ReaderCount
    {
        get
        {
            using (_gate.Enter(LockRank.Body))
                return _readers.Count;
        }
    }

    /// <summary>Bytes that the window holds now; null without one.</summary>
    public int? HeldMaximum => Window?.Of(pool, ReaderCount);

    /// <summary>From now on only a window is held: a reader that waits for bytes far ahead has to decide again.</summary>
    public void Limit(BodyWindow window)
    {
        Volatile.Write(ref _window, window);
        Wake();
    }

    /// <summary>Tells the producer that all bytes are there.</summary>
    public void ReportWhole() => _producer?.OnWhole();

    /// <summary>Forgets the producer, since a stored body would keep its whole fetch otherwise.</summary>
    public void ForgetProducer() => Volatile.Write(ref _producer, null);

    public void AddReader(IBodySubscriber reader)
    {
        using (_gate.Enter(LockRank.Body))
            _readers.Add(reader);
    }

    /// <summary>Takes a reader out; the producer is told when it was the last.</summary>
    public void RemoveReader(IBodySubscriber reader)
    {
        bool abandoned;
        using (_gate.Enter(LockRank.Body))
            abandoned = _readers.Remove(reader) && !body.IsComplete && !body.HasFailed;

        if (abandoned)
            Volatile.Read(ref _producer)?.OnReadersGone();
        else
            ReportProgress();
    }

    /// <summary>The place of the slowest reader while the producer waits for the readers; -1 while it doesn't.</summary>
    public long FindStandstill()
    {
        using (_gate.Enter(LockRank.Body))
            return _readers.ProducerWaits ? DropRead() : -1;
    }

    /// <summary>The number, above 0, of the standstill in which a reader holds others up; 0 while it doesn't.</summary>
    public int FindHeldUpBy(IBodySubscriber reader)
    {
        if (Window is not { } window)
            return 0;
        using (_gate.Enter(LockRank.Body))
            return _readers.FindHeldUpBy(reader, body.Available, window.Of(pool, _readers.Count) / 2);
    }

    /// <summary>Whether the producer must wait.</summary>
    public bool MustWait()
    {
        if (Window is not { } window)
            return false;
        using (_gate.Enter(LockRank.Body))
            return _readers.Wait(_readers.Count > 0 && body.Available - DropRead() >= window.Of(pool, _readers.Count));
    }

    /// <summary>A reader has moved or gone: the producer may go on.</summary>
    public void ReportProgress()
    {
        if (Window is not { } window)
            return;
        using (_gate.Enter(LockRank.Body))
        {
            var held = body.Available - DropRead();
            if (!_readers.ProducerWaits || held > window.Of(pool, _readers.Count) / 2)
                return;
            _readers.Wait(false);
        }

        Volatile.Read(ref _producer)?.OnRoom();
    }

    /// <summary>Has a reader told of progress, on its own worker's thread.</summary>
    /// <returns>Where the reader takes itself out.</returns>
    public WorkerSubscribers Subscribe(IMailbox mailbox, IBodySubscriber subscriber)
    {
        var readers = Of(mailbox);
        readers.Add(subscriber);
        return readers;
    }

    public void Wake()
    {
        // Pairs with the gate in Of: either the reader's later pull sees the change, or its list is seen here.
        Interlocked.MemoryBarrier();
        foreach (var worker in Volatile.Read(ref _workers))
            worker.Wake();
    }

    /// <summary>The readers of one worker.</summary>
    private WorkerSubscribers Of(IMailbox mailbox)
    {
        using (_gate.Enter(LockRank.Body))
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

    /// <summary>Drops the pieces that all readers have read, and tells the place of the slowest.</summary>
    private long DropRead()
    {
        var slowest = _readers.FindSlowest(body.Available);
        body.DropBefore(slowest);
        return slowest;
    }
}
