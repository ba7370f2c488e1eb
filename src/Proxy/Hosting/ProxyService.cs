using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Hosting.Admin;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Hosting.Takeover;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Telemetry;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The proxy as a service of the host: starts with it, drains with it.</summary>
/// <remarks>So many fields because it puts the proxy together: it owns each part, and ends each in the order of their users.</remarks>
internal sealed class ProxyService : IHostedService, IDisposable
{
    private static readonly TimeSpan HousekeepingPeriod = TimeSpan.FromSeconds(10);

    // After a drain that took its whole time, a log that is read still gets its last lines.
    private static readonly TimeSpan LogPatienceMinimum = TimeSpan.FromMilliseconds(250);

    // A request to the origin that is given up ends at once; only a thread that gets no processor keeps one for longer.
    private static readonly TimeSpan FetchPatience = TimeSpan.FromSeconds(5);

    private readonly ServeOptions _options;
    private readonly ILogger<ProxyService> _logger;
    private readonly SegmentPool _pool = new();
    private readonly HandshakeMemory _handshakeMemory = new();
    private readonly SpareDescriptors _spare;
    private readonly ConnectionLimit _connections;
    private readonly TlsSetup _tls;

    // Read before anything listens: it may lie in a pipe.
    private readonly AdminToken? _adminToken;
    private readonly AccessLog? _accessLog;
    private AdminServer? _admin;
    private readonly OriginServices _origins;
    private readonly UpkeepJob _originReload;
    private readonly ResponseCache _cache;
    private readonly FetchTable _fetches;
    private readonly WorkerSettings _settings;
    private readonly ProxyServer _server;
    private readonly ProcessHandover _takeover;
    private readonly FaultLedger _faults;
    private readonly UpkeepThread _upkeep;
    private readonly DescriptorWatch _descriptors;
    private readonly CertificateRotation? _certificates;
    private readonly CertificateReloads? _reloads;
    private readonly OperatorSignals _signals;

    public ProxyService(ServeOptions options, ILogger<ProxyService> logger, IHostApplicationLifetime lifetime)
    {
        _options = options;
        _logger = logger;
        _faults = new FaultLedger((place, fault) => ProxyLog.Fault(logger, place, fault));
        _signals = new OperatorSignals(_faults, OnHangUp, () => _accessLog?.Reopen());
        _takeover = new ProcessHandover(options.Takeover, lifetime.StopApplication, _faults, logger);
        var limit = new RestoredLimit(logger);
        _upkeep = new UpkeepThread(_faults, precaution: limit.Restore);
        var budget = DescriptorBudget.OfProcess(
            options.Workers.Count, options.Listeners.Addresses.Count, options.ConnectionsMax, options.TunnelsMax);
        _spare = HoldSpare(limit);
        _connections = new ConnectionLimit(budget.Clients, options.Workers.Count, AcceptedUnasked(options)) { OnShortage = _spare.Release };
        _tls = TlsSetup.Create(
            options.Tls, OriginContexts.ServersOf(options.Origins).Any(origin => origin.Tls is not null), options.Operators.CoreDumps,
            logger);
        _certificates = _tls.Context is { } context
            ? new CertificateRotation(context, options.Tls.WatchPeriod, _upkeep, logger, TimeProvider.System) { Spare = _spare }
            : null;
        _reloads = _certificates is null ? null : new CertificateReloads(_certificates, _upkeep, _faults);
        _adminToken = options.Operators.Admin is null ? null : AdminToken.Load(options.Operators.AdminTokenFile);
        _accessLog = AccessLogSetup.Open(options.Log, _spare, logger, _faults);
        _origins = new OriginServices(
            options.Origins, OriginChannelSettings(), budget.Requests, options.Workers.Count, _spare, _faults, logger);
        _originReload = _upkeep.Add("a reload of what origins are verified by", () => _origins.Reload());
        _cache = new ResponseCache(options.Cache.Bytes, options.Cache.Objects, _upkeep.Add("the evictions", MakeRoom).Request);
        _fetches = new FetchTable(new FetchServices
        {
            Faults = _faults,
            Troubles = new OriginTroubles(TimeProvider.System, (what, where, got) => ProxyLog.OriginTroubled(logger, what, where, got)),
            Cache = _cache,
            Policy = options.Cache.Policy,
            Pool = _pool,
            Router = options.Origins.Router,
            ObjectMaximum = options.Cache.ObjectBytes,
            UnreadMaximum = options.Cache.UnreadBytes,
            Arriving = new ArrivingBudget(Math.Max(options.Cache.Bytes / 2, options.Cache.ObjectBytes)),
            Window = BodyWindow.Beside(options.Cache.Bytes),
            UnwatchedMaximum = FetchLimits.UnwatchedOf(budget.Requests),
        });
        BeginHousekeeping();
        _descriptors = new DescriptorWatch(_connections, _spare, limit, _faults, logger);
        _settings = new WorkerSettings
        {
            Pool = _pool,
            Connections = _connections,
            Cache = _cache,
            Fetches = _fetches,
            CreateOrigin = _origins.On,
            Faults = _faults,
            NewCheck = limit.NewCheck,
            OnLoopLost = ProcessEnd.OfLoop,
            Responses = new LocalResponses(_pool),
            AccessLog = _accessLog,
            Tls = _tls.Context,
            ClientFields = new ClientCertificateFields(options.Tls.Clients.SubjectField),
            ForwardsClientCertificate = options.Tls.Clients.ForwardsCertificate,
            Redirection = options.Listeners.Redirection,
            TrustedProxies = options.Listeners.TrustedProxies,
            StrictTransportSecurity = options.Listeners.StrictTransportSecurity,
            Handshakes = options.Handshakes.ShareOf(options.Workers.Count),
            HandshakeMemory = _handshakeMemory,
            Channel = ChannelSettings(),
            Deadlines = options.Deadlines,
            Tunnels = options.Tunnels,
            TunnelLimit = new TunnelLimit(budget.Tunnels),
            DebugField = options.Cache.DebugField,
        };
        _server = new ProxyServer(_settings, BackendSetup.Choose(options.Workers.Backend, logger));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var sentence in _options.Warnings)
            ProxyLog.DoubtfulOption(_logger, sentence);
        using var inherited = _takeover.Inherit();
        var bound = _server.Start(
            _options.Listeners.Addresses, _options.Workers.Count,
            new ListenOptions { SendBufferBytes = _options.Listeners.SendBufferBytes }, inherited);
        try
        {
            if (_options.Operators.Admin is { } admin)
                StartAdmin(admin, inherited);
            _takeover.Begin(inherited, [_server.DuplicateSockets, () => _admin?.DuplicateSockets() ?? []]);
        }
        catch (StartException)
        {
            // The threads of the workers would keep the process.
            _server.Stop(inherited);
            throw;
        }

        _origins.StartChecks();
        var backend = _server.Backend;
        ProxyLog.Started(_logger, _server.Workers.Count, backend.Name, backend.Features, backend.Reason);
        foreach (var address in bound)
        {
            if (address.Traits.Redirects)
                ProxyLog.Redirecting(_logger, address.ToString());
            else
                ProxyLog.Listening(_logger, address.ToString());
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _takeover.Dispose();
        if (_takeover.HandedOver is { } passed)
            _admin?.HandOver(passed);
        ProxyLog.Draining(_logger, _options.DrainTimeout.TotalSeconds);
        var began = Stopwatch.GetTimestamp();
        if (!_server.Drain(_options.DrainTimeout, _takeover.HandedOver))
            ProxyLog.WorkersStuck(_logger);
        if (!_fetches.Stop(FetchPatience))
            ProxyLog.FetchesAbandoned(_logger, _fetches.InFlight);
        StopAccessLog(_options.DrainTimeout - Stopwatch.GetElapsedTime(began));
        ProxyLog.Stopped(
            _logger,
            _server.Workers.Sum(worker => worker.Counters.Requests),
            _server.Workers.Sum(worker => worker.Counters.Accepted));
        return Task.CompletedTask;
    }

    /// <summary>Ends everything in the reverse of the order in which it is used, each after those that use it.</summary>
    public void Dispose()
    {
        _takeover.Dispose();
        _admin?.Dispose();
        _signals.Dispose();
        _descriptors.Dispose();
        _origins.StopChecks();
        _upkeep.Dispose();
        _certificates?.Dispose();
        _server.Dispose();
        // A worker that hasn't ended goes on using what follows; the end of the process frees it.
        if (!_server.HasEnded)
            return;
        _accessLog?.Dispose();
        _tls.Context?.Dispose();
        // What a fetch that goes on all the same still uses is left to the end of the process.
        if (!_fetches.Stop(TimeSpan.Zero))
            return;
        _origins.Dispose();
        _cache.Dispose();
        _pool.Dispose();
        _spare.Dispose();
    }

    /// <summary>Connections that the kernel may have accepted by the time it is told to stop: those that wait on all listening
    /// sockets.</summary>
    private static int AcceptedUnasked(ServeOptions options) =>
        options.Workers.Count * options.Listeners.Addresses.Count * new ListenOptions().Backlog;

    private ChannelOptions ChannelSettings() => _options.Workers.Channel with
    {
        Offload = _tls.Offload,
        OnFirstRefusal = error => ProxyLog.KtlsRefused(_logger, KtlsProbe.Explain(error)),
        OnFirstLateAbort = () => ProxyLog.LateAbort(_logger),
    };

    /// <summary>A client has its answer when it closes, so that it waits no longer than it takes an origin to close too.</summary>
    private ChannelOptions OriginChannelSettings() => ChannelSettings() with
    {
        Offload = _tls.OriginOffload,
        ReceivesSingly = true,
        LingerTimeout = TimeSpan.FromMilliseconds(500),
        FlushTimeout = TimeSpan.FromSeconds(2),
    };

    private SpareDescriptors HoldSpare(RestoredLimit limit)
    {
        // At the start there is no watch yet, which begins with a look.
        var spare = new SpareDescriptors(DescriptorBudget.Spare)
        {
            OnShortage = () =>
            {
                limit.Restore();
                _descriptors?.LookSoon();
            },
        };
        _ = spare.TryRestore();
        return spare;
    }

    private void StartAdmin(ListenAddress address, InheritedSockets inherited)
    {
        var report = new StatisticsReport(
            _server, _cache, _fetches, _tls.Offload.Choice, _pool, _certificates, _accessLog, _faults)
        {
            Engine = _tls.Engine,
            Origins = _origins.Clusters,
            OriginTls = _origins.HasTls ? _origins.ReadTls : null,
        };
        var routes = new AdminRoutes(report, _fetches, _reloads, _adminToken!, new AdminHosts(_options.Operators.AdminHosts));
        _admin = new AdminServer(_settings, routes);
        ProxyLog.Admin(_logger, _admin.Start(address, inherited).ToString());
    }

    /// <summary>Writes the lines of the last requests, within what is left of the time to drain.</summary>
    private void StopAccessLog(TimeSpan left)
    {
        if (_accessLog?.Stop(left > LogPatienceMinimum ? left : LogPatienceMinimum) == false)
            ProxyLog.AccessLogAbandoned(_logger, _options.Log.AccessLog!, _accessLog.Lost);
    }

    // Its job is made before the cache, which asks for it.
    private void MakeRoom() => _cache.MakeRoom();

    private void BeginHousekeeping() => _ = new Housekeeping(
        _upkeep, _faults, HousekeepingPeriod,
        () => _certificates?.Housekeep(), () => _cache.Expire(_fetches.Services.Now), _fetches.Expire, _fetches.Services.Troubles.Flush,
        _handshakeMemory.Trim, OpenSslLibrary.LeaveHeapsOutOfDumps);

    /// <summary>Reads certificates and ticket keys again, and opens the access log by its name.</summary>
    private void OnHangUp()
    {
        _accessLog?.Reopen();
        _reloads?.TryRequest("SIGHUP");
        _originReload.Request();
    }
}
