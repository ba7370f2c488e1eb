using System.Diagnostics;
using System.Net;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Workers;

/// <summary>The workers and their listening sockets.</summary>
internal sealed class ProxyServer : IDisposable
{
    // Nothing that a cut connection waits for depends on its peer.
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(5);

    // For the answers of a start that has failed.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly WorkerSettings _settings;
    private readonly SocketCalls _sockets = new();
    private readonly List<Worker> _workers = [];

    // Its own lock: the thread of a takeover duplicates the descriptors, which are the workers' to close once the drain has begun.
    private readonly List<(int Descriptor, ListenAddress Address)> _listening = [];

    /// <param name="backend">What the loops of all workers stand on.</param>
    public ProxyServer(WorkerSettings settings, BackendChoice backend)
    {
        _settings = settings;
        Backend = backend;
    }

    public BackendChoice Backend { get; }

    /// <summary>Connections that all workers may have.</summary>
    public int ConnectionsMaximum => _settings.Connections.Maximum;

    /// <summary>The most tunnels at a time.</summary>
    public int TunnelsMaximum => _settings.TunnelLimit.Maximum;

    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>No worker's thread runs.</summary>
    public bool HasEnded => !_workers.Exists(worker => worker.IsRunning);

    /// <summary>Opens the listening sockets and starts the workers.</summary>
    /// <param name="inherited">Sockets that the process before has handed over.</param>
    /// <returns>The addresses with the ports the kernel chose.</returns>
    /// <exception cref="StartException">An address can't be listened on, or a loop can't be set up.</exception>
    public IReadOnlyList<ListenAddress> Start(
        IReadOnlyList<ListenAddress> addresses, int workers, ListenOptions options, InheritedSockets inherited)
    {
        var bound = addresses.ToArray();
        var sockets = new ListeningSockets(options, inherited);
        var shares = Enumerable.Range(0, workers).Select(_ => new List<(int, ListenerTraits)>()).ToArray();
        for (var i = 0; i < bound.Length; i++)
            sockets.Add(ref bound[i], shares);
        _workers.AddRange(shares.Select((share, index) => new Worker(index, _settings, share)));
        lock (_listening)
            _listening.AddRange(sockets.Open);

        // A redirect without a port of its own names that of the first TLS listener, which is known now.
        if (_settings.Redirection is { } redirection && Array.Find(bound, address => address.Traits.IsTls) is { } target)
            redirection.DefaultPort = target.EndPoint.Port;
        foreach (var worker in _workers)
        {
            if (worker.Start(Backend) is { } failure)
            {
                Stop(inherited);
                throw new StartException($"{Backend.Name} can't be used: {failure.Reason}", failure.LacksDescriptors);
            }
        }

        return bound;
    }

    /// <summary>Ends a start that has failed elsewhere. The process before goes on with the sockets that were inherited, and connections
    /// that were accepted meanwhile get their answers here.</summary>
    public void Stop(InheritedSockets inherited)
    {
        var endPoints = inherited.Taken.ToHashSet();
        Drain(endPoints.Count == 0 ? TimeSpan.Zero : StopTimeout, endPoints);
    }

    /// <summary>Further descriptors of all listening sockets, for another process; the caller closes them. None once the drain has
    /// begun.</summary>
    /// <exception cref="IOException">There is a lack of descriptors; a part of the sockets would be none.</exception>
    public IReadOnlyList<(int Descriptor, ListenAddress Address)> DuplicateSockets()
    {
        var duplicates = new List<(int, ListenAddress)>();
        lock (_listening)
        {
            foreach (var (descriptor, address) in _listening)
            {
                var error = SocketCalls.Duplicate(descriptor, out var duplicate);
                if (error == Errno.None)
                {
                    duplicates.Add((duplicate, address));
                    continue;
                }

                foreach (var (opened, _) in duplicates)
                    _ = _sockets.Close(opened);
                throw new IOException($"the listening sockets can't be duplicated ({error})");
            }
        }

        return duplicates;
    }

    /// <summary>Ends all connections: those with a response on its way when it has left, at the latest after
    /// <paramref name="timeout"/>.</summary>
    /// <param name="handedOver">Addresses on whose sockets another process accepts from now on.</param>
    /// <returns>False when a worker hasn't ended even so: what it uses must stay.</returns>
    public bool Drain(TimeSpan timeout, IReadOnlySet<IPEndPoint>? handedOver = null)
    {
        HashSet<int> descriptors;
        lock (_listening)
        {
            descriptors = [.. _listening
                .Where(socket => handedOver?.Contains(socket.Address.EndPoint) == true)
                .Select(socket => socket.Descriptor)];
            _listening.Clear();
        }

        // Those that could not be started have nothing to end.
        var running = _workers.FindAll(worker => worker.IsRunning);
        var barrier = new DrainBarrier(running.Count);
        foreach (var worker in running)
            worker.Drain(barrier, descriptors);
        JoinAll(running, timeout);
        // All before any is waited for: none ends before the others have ended their connections.
        foreach (var worker in running.Where(worker => worker.IsRunning))
            worker.Abort();
        JoinAll(running, AbortPatience);

        return HasEnded;
    }

    private static void JoinAll(List<Worker> workers, TimeSpan timeout)
    {
        var began = Stopwatch.GetTimestamp();
        foreach (var worker in workers)
        {
            var left = timeout - Stopwatch.GetElapsedTime(began);
            worker.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
    }

    public void Dispose()
    {
        foreach (var worker in _workers.Where(worker => !worker.IsRunning))
            worker.Dispose();
    }
}
