using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The proxy as a service of the host: starts with it, drains with it.</summary>
internal sealed class ProxyService : IHostedService, IDisposable
{
    private readonly ServeOptions _options;
    private readonly ILogger<ProxyService> _logger;
    private readonly SegmentPool _pool = new();
    private readonly ProxyServer _server;

    public ProxyService(ServeOptions options, ILogger<ProxyService> logger)
    {
        _options = options;
        _logger = logger;
        _server = new ProxyServer(new WorkerSettings
        {
            Pool = _pool,
            Responses = new LocalResponses(_pool),
            Ring = options.Ring,
            Channel = new ChannelOptions { ChunkBytes = options.ChunkBytes },
            Deadlines = options.Deadlines,
        });
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var bound = _server.Start(_options.Listen, _options.Workers, new ListenOptions { SendBufferBytes = _options.SendBufferBytes });
        ProxyLog.Started(_logger, _server.Workers.Count, _server.Workers[0].Transport);
        foreach (var endPoint in bound)
            ProxyLog.Listening(_logger, $"http://{endPoint}");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        ProxyLog.Draining(_logger, _options.DrainTimeout.TotalSeconds);
        _server.Drain(_options.DrainTimeout);
        ProxyLog.Stopped(_logger, _server.Workers.Sum(worker => worker.Counters.Requests), _server.Workers.Sum(worker => worker.Counters.Accepted));
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _server.Dispose();
        _pool.Dispose();
    }
}
