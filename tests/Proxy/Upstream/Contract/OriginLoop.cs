using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Proxy.Upstream.Ring.Tls;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>A loop on a thread of its own, with the origin that lives on it. Its end sees that nothing is left over.</summary>
internal sealed class OriginLoop : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly SegmentPool _pool = new();
    private readonly TaskCompletionSource<(EventLoop Loop, RingOrigin Origin)> _started = new();
    private readonly TlsClientContext? _clients;
    private readonly string _name;
    private readonly Thread _thread;
    private readonly EventLoop _loop;
    private readonly RingOrigin _origin;
    private Exception? _fault;

    /// <param name="time">The clock of the loop; null for the real one.</param>
    /// <param name="faults">Where faults are counted; null where there may be none.</param>
    public OriginLoop(OriginKind kind, OriginOptions options, SteppedTime? time, FaultLedger? faults)
    {
        var backend = kind is OriginKind.Epoll or OriginKind.EpollTls12 ? BackendKind.Epoll : BackendKind.IoUring;
        _name = options.Tls?.Name ?? options.Host;
        _clients = TlsOrigin.IsTls(kind) ? TlsOrigin.CreateClients() : null;
        var choice = BackendChoice.Make(new BackendRequest { Kind = backend }, out var failure);
        Assert.SkipWhen(choice is null && failure!.IsRefusal, $"SKIPPED: {failure?.Reason}");
        Assert.True(choice is not null, failure?.Reason);
        faults ??= new FaultLedger((_, fault) => _fault = fault);
        _thread = new Thread(() => Run(choice, options, time, faults)) { IsBackground = true, Name = "origin loop" };
        _thread.Start();
        (_loop, _origin) = _started.Task.GetAwaiter().GetResult();
    }

    public IOrigin Origin => _origin;

    public void Dispose()
    {
        var end = new End(_origin);
        _loop.Post(end);
        var hasEnded = end.Ended.Wait(s_limit);
        var (operations, deadlines) = (_loop.PendingOperations, _loop.ArmedDeadlines);
        _loop.Stop();
        _thread.Join();
        _origin.Close();
        Assert.True(_fault is null, _fault?.ToString());
        Assert.True(hasEnded, $"The origin doesn't end: {operations} operations are pending.");
        Assert.Equal((0, 0, 0), (operations, deadlines, _pool.RentedSegments));
        _pool.Dispose();
        _clients?.Dispose();
    }

    private void Run(BackendChoice choice, OriginOptions options, SteppedTime? time, FaultLedger faults)
    {
        try
        {
            var kernel = choice.TryCreate(out var failure) ?? throw new InvalidOperationException(failure?.Reason);
            using var loop = new EventLoop(time is null ? kernel : new SteppedBackend(kernel, time), 0, faults);
            loop.ReadClock();
            var clock = time ?? TimeProvider.System;
            var services = new RingServices { Loop = loop, Memory = _pool, Options = options, Tls = TlsOn(loop), Time = clock };
            var addresses = new OriginAddresses(options.Host, options.Port, clock, lookUp: null, faults);
            _started.SetResult((loop, new RingOrigin(services, addresses, options.ConnectionsMax)));
            loop.Run();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _fault = exception;
            _started.TrySetException(exception);
        }
    }

    private OriginTls? TlsOn(EventLoop loop)
    {
        if (_clients is null)
            return null;
        var channels = new OriginChannels(loop, _pool, new ChannelOptions { ReceivesSingly = true }, new KtlsFirsts());
        return new OriginTls(_clients, ServerIdentity.Parse(_name), "the test's authority", channels);
    }

    /// <summary>Ends the origin on its loop.</summary>
    private sealed class End(RingOrigin origin) : IPosted
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Run() => origin.End(() => _ended.TrySetResult());

        public void OnFault() => _ended.TrySetException(new InvalidOperationException("The end of the origin has thrown."));
    }
}
