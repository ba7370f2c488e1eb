using System.Net;
using System.Text;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>The HTTP client behind <see cref="HttpClientOrigin"/>, with everything switched off that would change a message.</summary>
internal sealed class OriginInvokers(OriginOptions options, OriginConnector connector) : IDisposable
{
    /// <summary>Takes a connection that is there, or opens one, and keeps it.</summary>
    public HttpMessageInvoker Kept { get; } = Create(options, connector, options.KeptConnectionsMax, options.ConnectionAgeMax);

    /// <summary>Opens a connection for each request: a request that met a dead connection shouldn't meet the next one.</summary>
    public HttpMessageInvoker Fresh { get; } = Create(options, connector, options.FreshConnectionsMax, TimeSpan.Zero);

    public void Dispose()
    {
        Kept.Dispose();
        Fresh.Dispose();
    }

    private static HttpMessageInvoker Create(OriginOptions options, OriginConnector connector, int connectionsMax, TimeSpan lifetime)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectCallback = connector.ConnectAsync,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            Expect100ContinueTimeout = options.ContinueTimeout,
            MaxConnectionsPerServer = connectionsMax,
            // An answer that is given up costs its connection, never its rest.
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = options.HeadKibibytesMax,
            PooledConnectionIdleTimeout = options.KeepAliveTimeout,
            PooledConnectionLifetime = lifetime,
            RequestHeaderEncodingSelector = HostEncoding.Select,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        };
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }
}
