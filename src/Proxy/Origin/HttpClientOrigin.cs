using System.Globalization;
using System.Net;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Origin;

/// <summary>An HTTP/1.1 origin behind SocketsHttpHandler, with everything switched off that would change a message. It can't send a target of <c>*</c>
/// nor trailers, loses interim heads other than 100, and answers only when the whole request has been sent, unless the client expects 100.</summary>
internal sealed class HttpClientOrigin : IOrigin, IDisposable
{
    private readonly OriginOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _invoker;
    private readonly string _authority;

    public HttpClientOrigin(OriginOptions options, TimeProvider? time = null)
    {
        _options = options;
        _time = time ?? TimeProvider.System;
        _authority = string.Create(CultureInfo.InvariantCulture, $"{(options.Host.Contains(':') ? $"[{options.Host}]" : options.Host)}:{options.Port}");
        _invoker = new HttpMessageInvoker(CreateHandler(options, new OriginConnector(options, _time)), disposeHandler: true);
    }

    public void Start(OriginRequest request, IOriginSink sink)
    {
        var exchange = new HttpClientExchange(_invoker, _options, _authority, request, sink, _time);
        ThreadPool.UnsafeQueueUserWorkItem(exchange, preferLocal: false);
    }

    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(OriginOptions options, OriginConnector connector) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectCallback = connector.ConnectAsync,
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        Expect100ContinueTimeout = options.ContinueTimeout,
        MaxConnectionsPerServer = options.ConnectionsMax,
        // An answer that is given up costs its connection, never its rest.
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = options.HeadKibibytesMax,
        PooledConnectionIdleTimeout = options.KeepAliveTimeout,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    };
}
