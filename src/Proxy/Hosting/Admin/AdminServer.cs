using System.Net;
using System.Text;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The address for operators, apart from the workers: <c>GET /stats</c> reads, <c>POST /cache/clear</c> changes and needs the token.</summary>
internal sealed class AdminServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly StatisticsReport _report;
    private readonly ResponseCache _cache;
    private readonly AdminToken _token;

    public AdminServer(IPEndPoint endPoint, StatisticsReport report, ResponseCache cache, AdminToken token)
    {
        _report = report;
        _cache = cache;
        _token = token;
        _listener.Prefixes.Add($"http://{endPoint}/");
    }

    /// <exception cref="StartException">The address can't be listened on.</exception>
    public void Start()
    {
        try
        {
            _listener.Start();
        }
        catch (HttpListenerException exception)
        {
            throw new StartException($"--admin: the address can't be listened on ({exception.Message}); choose another.");
        }

        _ = ServeAsync();
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync().ConfigureAwait(false);
                await AnswerAsync(context).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
            {
                // A client that went away, or the end of the listener, which the loop's condition sees.
                continue;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var response = context.Response;
        (response.StatusCode, var body) = Answer(context.Request);
        response.ContentType = response.StatusCode == 200 ? "application/json" : "text/plain";
        if (response.StatusCode == 401)
            response.AddHeader("WWW-Authenticate", "Bearer");
        response.ContentLength64 = body.Length;
        response.AddHeader("Cache-Control", "no-store");
        if (context.Request.HttpMethod != "HEAD")
            await response.OutputStream.WriteAsync(body).ConfigureAwait(false);
        response.Close();
    }

    private (int Status, byte[] Body) Answer(HttpListenerRequest request)
    {
        switch (request.Url?.AbsolutePath, request.HttpMethod)
        {
            case ("/stats", "GET" or "HEAD"):
                return (200, _report.Write());
            case ("/cache/clear", "POST") when !_token.Matches(request.Headers["Authorization"]):
                return (401, "Send Authorization: Bearer with the token of --admin-token-file.\n"u8.ToArray());
            case ("/cache/clear", "POST"):
                return (200, Encoding.ASCII.GetBytes($"{{\"removed\": {_cache.Clear()}}}\n"));
            case ("/stats" or "/cache/clear", _):
                return (405, "GET /stats and POST /cache/clear are what there is here.\n"u8.ToArray());
            default:
                return (404, "GET /stats and POST /cache/clear are what there is here.\n"u8.ToArray());
        }
    }
}
