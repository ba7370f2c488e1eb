using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>An origin whose answers come on threads of their own, without an end until they are given up.</summary>
internal sealed class ThreadedOrigin : IOrigin
{
    private int _exchanges;

    /// <summary>Answers that were begun.</summary>
    public int Exchanges => Volatile.Read(ref _exchanges);

    /// <summary>Answers go on though they were given up.</summary>
    public bool IgnoresCancel { get; set; }

    public void Start(OriginRequest request, IOriginSink sink)
    {
        var exchange = new Exchange();
        if (!request.TryAttach(exchange))
        {
            sink.OnFailed(OriginFailure.Cancelled);
            return;
        }

        Interlocked.Increment(ref _exchanges);
        new Thread(() => Answer(exchange, sink)) { IsBackground = true }.Start();
    }

    private void Answer(Exchange exchange, IOriginSink sink)
    {
        sink.OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        while (!exchange.IsCancelled || IgnoresCancel)
        {
            sink.Deliver(new byte[100]);
            Thread.Yield();
        }

        sink.OnFailed(OriginFailure.Cancelled);
    }

    private sealed class Exchange : IOriginExchange
    {
        private volatile bool _isCancelled;

        public bool IsCancelled => _isCancelled;

        public void Cancel() => _isCancelled = true;

        public void Resume()
        {
        }
    }
}
