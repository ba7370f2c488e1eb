using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>An HTTP/1.1 origin behind SocketsHttpHandler. It can't send a target of <c>*</c> nor trailers, loses interim heads other than
/// 100, and answers only when the whole request has been sent, unless the client expects 100.</summary>
internal sealed class HttpClientOrigin : IOrigin, IDisposable
{
    private readonly OriginOptions _options;
    private readonly TimeProvider _time;
    private readonly FaultLedger _faults;
    private readonly OriginInvokers _invokers;
    private readonly string _authority;

    /// <param name="faults">Where the faults of exchanges are counted; null lets exceptions pass.</param>
    public HttpClientOrigin(OriginOptions options, TimeProvider? time = null, FaultLedger? faults = null)
    {
        _faults = faults ?? FaultLedger.Passing;
        _options = options;
        _time = time ?? TimeProvider.System;
        _authority = options.Authority;
        _invokers = new OriginInvokers(options, new OriginConnector(options, _time));
    }

    public void Start(OriginRequest request, IOriginSink sink)
    {
        var exchange = new HttpClientExchange(_invokers, _options, _authority, request, sink, _time, _faults);
        ThreadPool.UnsafeQueueUserWorkItem(exchange, preferLocal: false);
    }

    public void Dispose() => _invokers.Dispose();
}
