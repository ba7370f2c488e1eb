using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using TlsProxy.Handshake;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Admin;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Tests.Connections.Faults;
using TlsProxy.Proxy.Tests.Connections.Seeded;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Hosting.Admin;

/// <summary>The admin address as the proxy serves it, whose callbacks can be made to throw.</summary>
internal sealed class AdminScene : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly TlsContext _tls = SeededCertificate.CreateContext();
    private readonly WireOrigin _origin = new((_, _, _) => Task.CompletedTask);
    private readonly UpkeepThread _upkeep;
    private readonly CertificateRotation _rotation;
    private readonly ProxyServer _proxy;
    private readonly AdminServer _admin;
    private readonly Uri _address;

    public AdminScene()
    {
        Faults = new FaultLedger { Point = Plan.Pass };
        var fetches = _origin.CreateTable(_cache, _pool, Faults);
        var settings = new WorkerSettings
        {
            Pool = _pool,
            Responses = new LocalResponses(_pool),
            Cache = _cache,
            Fetches = fetches,
            CreateOrigin = _ => _origin.Origin,
            Faults = Faults,
        };
        _upkeep = new UpkeepThread(FaultLedger.Passing);
        _rotation = new CertificateRotation(_tls, null, _upkeep, NullLogger.Instance, TimeProvider.System);
        _proxy = new ProxyServer(settings, BackendChoice.Make(new BackendRequest { Kind = BackendKind.Epoll }, out _)!);
        var report = new StatisticsReport(
            _proxy, _cache, fetches, choice: null, _pool, _rotation, accessLog: null, Faults);
        var token = AdminToken.Load(_folder["token"]);
        var reloads = new CertificateReloads(_rotation, _upkeep, Faults);
        _admin = new AdminServer(settings, new AdminRoutes(report, fetches, reloads, token, new AdminHosts([])));
        var any = new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0), new ListenerTraits(IsTls: false));
        _proxy.Start([any], workers: 1, new ListenOptions(), InheritedSockets.None);
        _address = new Uri($"http://{_admin.Start(any, InheritedSockets.None).EndPoint}");
    }

    public FaultPlan Plan { get; } = new();

    public FaultLedger Faults { get; }

    /// <summary>Reads the statistics and posts what takes as long as a file, on a connection of its own.</summary>
    /// <returns>The statuses; 0 for a request without an answer.</returns>
    public async Task<int[]> AskAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1 })
        {
            BaseAddress = _address,
            Timeout = TimeSpan.FromSeconds(30),
        };
        var token = (await File.ReadAllTextAsync(_folder["token"])).Trim();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return
        [
            await AskAsync(() => client.GetAsync(new Uri("/stats", UriKind.Relative))),
            await AskAsync(() => client.PostAsync(new Uri("/certificates/reload", UriKind.Relative), null)),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        _proxy.Drain(TimeSpan.Zero);
        _proxy.Dispose();
        _upkeep.Dispose();
        _rotation.Dispose();
        _tls.Dispose();
        await _origin.DisposeAsync();
        _cache.Dispose();
        _pool.Dispose();
        _folder.Dispose();
    }

    private static async Task<int> AskAsync(Func<Task<HttpResponseMessage>> ask)
    {
        try
        {
            using var answer = await ask();
            return (int)answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }
}
