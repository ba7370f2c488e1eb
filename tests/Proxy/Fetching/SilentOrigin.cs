using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>An origin that never answers. A request that is given up ends at once, on the thread that gives it up.</summary>
internal sealed class SilentOrigin : IOrigin
{
    public void Start(OriginRequest request, IOriginSink sink)
    {
        var exchange = new Exchange(sink);
        if (!request.TryAttach(exchange))
            exchange.Cancel();
    }

    private sealed class Exchange(IOriginSink sink) : IOriginExchange
    {
        private int _ended;

        public void Cancel()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
                sink.OnFailed(OriginFailure.Cancelled);
        }

        public void Resume()
        {
        }
    }
}
