using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Workers;

/// <summary>A thread with its loop, its listening sockets and its connections.</summary>
/// <remarks>So many fields because it is the one owner of all that its connections share without a lock.</remarks>
internal sealed class Worker : IConnectionHost, IDisposable
{
    private readonly Thread _thread;
    private readonly int _index;
    private readonly IReadOnlyList<(int Descriptor, ListenerTraits Traits)> _listeningDescriptors;
    private readonly ManualResetEventSlim _started = new();
    private readonly List<Listener> _listeners = [];
    private readonly List<Connection> _connections = [];
    private readonly Stack<Connection> _free = new();
    private readonly IdleEviction _eviction = new();
    private readonly WorkerServices _parts;
    private EventLoop? _loop;
    private ConnectionServices? _services;
    private BackendFailure? _failure;
    private IReadOnlySet<int>? _handedOver;

    // There from the beginning of the drain on, until this worker has arrived.
    private DrainBarrier? _barrier;

    /// <param name="listeningDescriptors">This worker's own sockets; it closes them.</param>
    public Worker(int index, WorkerSettings settings, IReadOnlyList<(int Descriptor, ListenerTraits Traits)> listeningDescriptors)
    {
        _index = index;
        _listeningDescriptors = listeningDescriptors;
        Settings = settings;
        _parts = new WorkerServices(settings);
        Share = new ConnectionShare(settings.Connections);
        // In the background: the process may end though the kernel never lets the thread.
        _thread = new Thread(backend => Run((BackendChoice)backend!)) { Name = $"{settings.ThreadName}-{index}", IsBackground = true };
    }

    public WorkerSettings Settings { get; }

    public WorkerCounters Counters { get; } = new();

    public EventLoop Loop => _loop ?? throw new InvalidOperationException("The worker has no loop yet.");

    /// <summary>What handshakes may take.</summary>
    public HandshakeGate HandshakeGate => Services.HandshakeGate;

    /// <summary>What its connections use.</summary>
    public ConnectionServices Services => _services ?? throw new InvalidOperationException("The worker has no loop yet.");

    /// <summary>What handshakes are done with; null where there is no certificate.</summary>
    public HandshakePool? Handshakes => _parts.Handshakes;

    /// <summary>Where the connections of this worker borrow what they send from.</summary>
    public SegmentStock Segments => _parts.Segments;

    /// <summary>How many connections there may be.</summary>
    public ConnectionShare Share { get; }

    public bool IsDraining { get; private set; }

    /// <summary>What is open is cut, and what comes as well.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Its loop has been set up, and hasn't ended.</summary>
    public bool IsRunning => _loop is not null && _thread.IsAlive;

    /// <summary>Starts the thread.</summary>
    /// <param name="backend">What its loop is to stand on.</param>
    /// <returns>Null when it serves, or why its loop can't be set up.</returns>
    public BackendFailure? Start(BackendChoice backend)
    {
        _thread.Start(backend);
        _started.Wait();
        return _failure;
    }

    /// <summary>Takes over the loop of the calling thread, which turns it, and begins to accept.</summary>
    public void Adopt(EventLoop loop)
    {
        _loop = loop;
        _services = _parts.Create(loop, this, Counters);
        loop.ReadClock();
        Settings.Connections.Add(this);
        foreach (var (descriptor, traits) in _listeningDescriptors)
        {
            var listener = new Listener(this, descriptor, traits);
            _listeners.Add(listener);
            listener.Start();
        }
    }

    /// <summary>Accepts only what waits already, lets the responses on their way end, and then ends the thread.
    /// Callable from any thread.</summary>
    /// <param name="barrier">Where the workers that drain wait for each other; null for one that drains alone.</param>
    /// <param name="handedOver">Listening sockets on which another process accepts from now on.</param>
    public void Drain(DrainBarrier? barrier = null, IReadOnlySet<int>? handedOver = null) =>
        Loop.Post(new Call(() => BeginDrain(barrier ?? new DrainBarrier(workers: 1), handedOver)));

    /// <summary>Cuts what is still open. Callable from any thread.</summary>
    public void Abort() => Loop.Post(new Call(AbortAll));

    /// <summary>Waits for the end of the thread.</summary>
    public bool Join(TimeSpan timeout) => _thread.Join(timeout);

    public void Accept(int descriptor, ListenerTraits traits)
    {
        if (!_free.TryPop(out var connection))
            connection = new Connection(Services);
        connection.Position = _connections.Count;
        _connections.Add(connection);
        Counters.CountAccepted();
        try
        {
            connection.Start(descriptor, traits);
            if (IsAborted)
                connection.Abort();
        }
        catch (Exception fault) when (Loop.Faults.Contains(fault))
        {
            // It isn't the listener's fault.
            Loop.Faults.End(connection, "a connection's begin", fault);
        }
    }

    /// <summary>Ends idle connections, or has the other workers end some, so that waiting ones can be accepted.</summary>
    public void MakeRoom()
    {
        if (!TryEndIdle())
            Settings.Connections.AskOthers(this);
    }

    /// <summary>The same for another worker, which has none. Callable from any thread.</summary>
    public void AskForRoom() => Loop.Post(new Call(() => TryEndIdle()));

    /// <summary>Takes a closed connection back.</summary>
    public void Return(Connection connection)
    {
        var last = _connections[^1];
        (_connections[connection.Position], last.Position) = (last, connection.Position);
        _connections.RemoveAt(_connections.Count - 1);
        connection.Position = -1;
        if (_free.Count < WorkerBytes.SpareConnections && !connection.IsFaulted)
            _free.Push(connection);
        Share.Return();
        if (_connections.Count == 0)
            _parts.Trim();

        // Behind the memory: whoever reads that no connection is open finds none of theirs.
        Counters.CountClosed();
        ForEach(_listeners, "a listener that goes on", static listener => listener.Resume());
        EndIfDrained();
    }

    /// <summary>Keeps a closed connection whose last callback has thrown from serving again.</summary>
    public void Forget(Connection connection)
    {
        var others = _free.Where(free => free != connection).Reverse().ToArray();
        _free.Clear();
        foreach (var other in others)
            _free.Push(other);
    }

    public void OnListenerClosed() => EndIfDrained();

    public void Dispose()
    {
        _started.Dispose();
        _parts.Dispose();
    }

    private void Run(BackendChoice choice)
    {
        var backend = choice.TryCreate(out _failure);
        if (backend is null)
        {
            _started.Set();
            return;
        }

        using var loop = new EventLoop(backend, _index, Settings.Faults, Settings.NewCheck());
        Adopt(loop);
        _started.Set();
        try
        {
            loop.Run();
            _parts.CloseOrigin(() => loop.Turn(wait: false));
        }
        catch (Exception exception) when (Settings.OnLoopLost is not null)
        {
            // A worker that was gone alone would leave its share of the connections unanswered.
            Settings.OnLoopLost(_thread.Name!, exception);
        }
    }

    /// <summary>Whether another process accepts on the listening socket from now on: what waits there is its own.</summary>
    public bool HasHandedOver(int descriptor) => _handedOver?.Contains(descriptor) == true;

    private void BeginDrain(DrainBarrier barrier, IReadOnlySet<int>? handedOver)
    {
        if (!IsDraining)
            _barrier = barrier;
        IsDraining = true;
        _handedOver = handedOver;
        ForEach(_listeners, "a listener that stops", static listener => listener.Stop());
        ForEach(_connections.ToArray(), "a drain", static connection => connection.Drain());
    }

    /// <summary>Does the same to all; one that throws ends alone.</summary>
    private void ForEach<T>(IReadOnlyList<T> all, string place, Action<T> call)
        where T : IFaultDomain
    {
        for (var i = 0; i < all.Count; i++)
        {
            try
            {
                call(all[i]);
            }
            catch (Exception fault) when (Loop.Faults.Contains(fault))
            {
                Loop.Faults.End(all[i], place, fault);
            }
        }
    }

    private void AbortAll()
    {
        IsAborted = true;
        ForEach(_listeners, "a listener that stops", static listener => listener.Abort());
        ForEach(_connections.ToArray(), "an abort", static connection => connection.Abort());
    }

    private bool TryEndIdle()
    {
        var ends = _eviction.TryRun(_connections, Loop.Now, out var ended);
        Counters.CountEndedForRoom(ended);
        return ends;
    }

    private void EndIfDrained()
    {
        if (_barrier is not { } barrier || _connections.Count > 0 || !_listeners.TrueForAll(listener => listener.IsClosed))
            return;
        _barrier = null;
        barrier.Arrive(Loop, new Call(() => _parts.EndOrigin(Loop.Stop)));
    }

    private sealed class Call(Action action) : IPosted
    {
        public void Run() => action();

        /// <summary>What it does is done again: once more for the same does no harm.</summary>
        public void OnFault() => action();
    }
}
