using System.Net;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The address for operators: a worker of its own, so that it answers while the others are busy or drain, with the limits
/// and deadlines of all requests. It stands on epoll, which needs no memory set aside for what is seldom asked.</summary>
internal sealed class AdminServer : IDisposable
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private readonly SegmentPool _pool = new();
    private readonly ProxyServer _server;
    private ListenAddress? _address;

    /// <param name="proxy">What the workers of the proxy share.</param>
    /// <exception cref="StartException">There is no epoll.</exception>
    public AdminServer(WorkerSettings proxy, AdminRoutes routes)
    {
        var settings = new WorkerSettings
        {
            ThreadName = "admin",
            Pool = _pool,
            // Its own share: operators get in while clients are too many, and idle ones of theirs make room.
            Connections = new ConnectionLimit(DescriptorBudget.Admin, workers: 1, unasked: int.MaxValue),
            Responses = new LocalResponses(_pool),
            Cache = proxy.Cache,
            Fetches = proxy.Fetches,
            CreateOrigin = proxy.CreateOrigin,
            Responder = routes,
            Deadlines = new DeadlineOptions { IdleWhileDraining = DrainTimeout / 2 },
            Faults = proxy.Faults,
            OnLoopLost = proxy.OnLoopLost,
        };
        var backend = BackendChoice.Make(new BackendRequest { Kind = BackendKind.Epoll }, out var failure);
        if (backend is null)
            throw new StartException($"--admin: {failure!.Reason}", failure.LacksDescriptors);
        _server = new ProxyServer(settings, backend);
    }

    /// <summary>Listens and serves.</summary>
    /// <returns>The address with the port the kernel chose.</returns>
    /// <exception cref="StartException">The address can't be listened on.</exception>
    public ListenAddress Start(ListenAddress address, InheritedSockets inherited) =>
        _address = _server.Start([address], workers: 1, new ListenOptions { SharesPort = false }, inherited)[0];

    /// <summary>Further descriptors of the listening socket; the caller closes them.</summary>
    public IReadOnlyList<(int Descriptor, ListenAddress Address)> DuplicateSockets() => _server.DuplicateSockets();

    /// <summary>Serves no more if another process accepts on the address from now on.</summary>
    public void HandOver(IReadOnlySet<IPEndPoint> handedOver)
    {
        if (_address is { } address && handedOver.Contains(address.EndPoint))
            _server.Drain(DrainTimeout, handedOver);
    }

    public void Dispose()
    {
        var hasEnded = _server.Drain(DrainTimeout);
        _server.Dispose();
        if (hasEnded)
            _pool.Dispose();
    }
}
