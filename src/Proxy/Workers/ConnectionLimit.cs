namespace TlsProxy.Proxy.Workers;

/// <summary>How many connections may be open at once, all workers of a server together. Three quarters are shared out among the workers,
/// so that clients of a worker that is slow to accept find room; the rest goes to those that accept more. All members are callable from any
/// thread.</summary>
/// <param name="maximum">The limit.</param>
/// <param name="workers">Workers that share it.</param>
/// <param name="unasked">Connections that the kernel may accept before it can be told to stop.</param>
internal sealed class ConnectionLimit(int maximum, int workers = 1, int unasked = 0)
{
    // The fewest that are left after a shortage.
    private const int Least = 8;

    // Connections fewer than are open, so that what needs descriptors besides has some.
    private const int Relief = 16;

    private readonly int _common = maximum - (maximum / 4 * 3 / workers * workers);

    // Guards the list; each worker adds itself once and is never taken out.
    private readonly Lock _gate = new();
    private readonly List<Worker> _workers = [];

    // Interlocked: each worker counts its own connections.
    private int _open;

    // Interlocked: those of them beyond their workers' shares.
    private int _commonTaken;

    // One word that any thread writes and reads: the limit, or less while descriptors are short. The next refusal corrects a lost write.
    private int _allowed = maximum;

    /// <summary>Called when the kernel has refused a descriptor.</summary>
    public Action? OnShortage { get; init; }

    public int Maximum { get; } = maximum;

    /// <summary>The limit, or less while descriptors are short.</summary>
    public int Allowed => Volatile.Read(ref _allowed);

    /// <summary>Connections that each worker may have whatever the others do.</summary>
    public int Guaranteed { get; } = maximum / 4 * 3 / workers;

    /// <summary>Whether so much is left that the kernel may accept on its own.</summary>
    public bool IsPlentiful => Volatile.Read(ref _allowed) - Volatile.Read(ref _open) > unasked;

    /// <summary>Counts a connection that is to be accepted, if there is room for it.</summary>
    public bool TryTake() => TryCount(ref _open, Volatile.Read(ref _allowed));

    /// <summary>Counts a connection beyond its worker's share, if there is room for it.</summary>
    public bool TryTakeCommon() => TryCount(ref _commonTaken, _common);

    /// <summary>Counts a connection that the kernel has accepted.</summary>
    public void Take() => Interlocked.Increment(ref _open);

    /// <inheritdoc cref="Take"/>
    public void TakeCommon() => Interlocked.Increment(ref _commonTaken);

    /// <summary>A connection has been closed.</summary>
    public void Return() => Interlocked.Decrement(ref _open);

    /// <inheritdoc cref="Return"/>
    public void ReturnCommon() => Interlocked.Decrement(ref _commonTaken);

    /// <summary>The kernel has refused a descriptor, though the limit allowed it: fewer connections are allowed until
    /// <see cref="Restore"/>.</summary>
    public void Shrink()
    {
        Volatile.Write(ref _allowed, Math.Min(Maximum, Math.Max(Least, Volatile.Read(ref _open) - Relief)));
        OnShortage?.Invoke();
    }

    /// <summary>Descriptors aren't short any more.</summary>
    public void Restore() => Volatile.Write(ref _allowed, Maximum);

    /// <summary>A worker's connections count from now on.</summary>
    public void Add(Worker worker)
    {
        lock (_gate)
            _workers.Add(worker);
    }

    /// <summary>Asks the other workers for room.</summary>
    public void AskOthers(Worker asking)
    {
        lock (_gate)
        {
            foreach (var worker in _workers)
            {
                if (worker != asking && worker.IsRunning)
                    worker.AskForRoom();
            }
        }
    }

    private static bool TryCount(ref int count, int maximum)
    {
        if (Interlocked.Increment(ref count) <= maximum)
            return true;
        Interlocked.Decrement(ref count);
        return false;
    }
}
