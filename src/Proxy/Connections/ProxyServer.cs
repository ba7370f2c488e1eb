using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Sockets;

namespace TlsProxy.Proxy.Connections;

/// <summary>The workers and their listening sockets.</summary>
internal sealed class ProxyServer : IDisposable
{
    // Nothing that a cut connection waits for depends on its peer.
    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(5);

    private readonly WorkerSettings _settings;
    private readonly SocketCalls _sockets = new();
    private readonly List<Worker> _workers = [];

    /// <param name="backend">What the loops of all workers stand on.</param>
    public ProxyServer(WorkerSettings settings, BackendChoice backend)
    {
        _settings = settings;
        Backend = backend;
    }

    public BackendChoice Backend { get; }

    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>No worker's thread runs.</summary>
    public bool HasEnded => !_workers.Exists(worker => worker.IsRunning);

    /// <summary>Opens the listening sockets and starts the workers.</summary>
    /// <returns>The addresses with the ports the kernel chose.</returns>
    /// <exception cref="StartException">An address can't be listened on, or a loop can't be set up.</exception>
    public IReadOnlyList<ListenAddress> Start(IReadOnlyList<ListenAddress> addresses, int workers, ListenOptions options)
    {
        var bound = addresses.ToArray();
        for (var index = 0; index < workers; index++)
        {
            var descriptors = new List<(int, ListenerTraits)>();
            for (var i = 0; i < bound.Length; i++)
                descriptors.Add((Listen(ref bound[i], options), bound[i].Traits));
            var worker = new Worker(index, _settings, descriptors);
            _workers.Add(worker);
        }

        // A redirect without a port of its own names that of the first TLS listener, which is known now.
        if (_settings.Redirection is { } redirection && Array.Find(bound, address => address.Traits.IsTls) is { } target)
            redirection.DefaultPort = target.EndPoint.Port;
        foreach (var worker in _workers)
        {
            if (worker.Start(Backend) is { } failure)
            {
                Drain(TimeSpan.Zero);
                throw new StartException($"{Backend.Name} can't be used: {failure.Reason}");
            }
        }

        return bound;
    }

    /// <summary>Ends all connections: those with a response on its way when it has left, at the latest after <paramref name="timeout"/>.</summary>
    /// <returns>False when a worker hasn't ended even so: what it uses must stay.</returns>
    public bool Drain(TimeSpan timeout)
    {
        // Those that could not be started have nothing to end.
        var running = _workers.FindAll(worker => worker.IsRunning);
        foreach (var worker in running)
            worker.Drain();
        var end = DateTime.UtcNow + timeout;
        foreach (var worker in running)
        {
            var left = end - DateTime.UtcNow;
            if (worker.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                continue;
            worker.Abort();
            worker.Join(AbortPatience);
        }

        return HasEnded;
    }

    public void Dispose()
    {
        foreach (var worker in _workers.Where(worker => !worker.IsRunning))
            worker.Dispose();
    }

    private int Listen(ref ListenAddress address, ListenOptions options)
    {
        var error = _sockets.Listen(address.EndPoint, options, out var descriptor, out var bound);
        if (error != Errno.None)
            throw new StartException($"{address.Option} {address}: the address can't be listened on ({error}); {Advice(error)}.");
        address = address with { EndPoint = bound };
        return descriptor;
    }

    private static string Advice(Errno error) => error switch
    {
        Errno.EADDRINUSE => "another program holds the port, so end it or choose another",
        Errno.EACCES => "ports below 1024 need the capability CAP_NET_BIND_SERVICE",
        Errno.EADDRNOTAVAIL => "this machine doesn't have the address",
        Errno.EMFILE => "raise the limit of open files (ulimit -n)",
        _ => "check the address",
    };
}
