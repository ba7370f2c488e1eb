using System.Net;
using System.Text;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Certificates;
using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The address for operators, apart from the workers: <c>GET /stats</c> reads; <c>POST /cache/clear</c> and
/// <c>POST /certificates/reload</c> change and need the token.</summary>
internal sealed class AdminServer : IDisposable
{
    private static readonly byte[] Known = "GET /stats, POST /cache/clear and POST /certificates/reload are what there is here.\n"u8.ToArray();

    private readonly HttpListener _listener = new();
    private readonly StatisticsReport _report;
    private readonly FetchTable _fetches;
    private readonly CertificateRotation? _certificates;
    private readonly AdminToken _token;

    /// <param name="certificates">Null where nothing is served over TLS.</param>
    public AdminServer(IPEndPoint endPoint, StatisticsReport report, FetchTable fetches, CertificateRotation? certificates, AdminToken token)
    {
        _certificates = certificates;
        _report = report;
        _fetches = fetches;
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
        response.ContentType = body is [(byte)'{', ..] ? "application/json" : "text/plain";
        if (response.StatusCode == 401)
            response.AddHeader("WWW-Authenticate", "Bearer");
        response.ContentLength64 = body.Length;
        response.AddHeader("Cache-Control", "no-store");
        response.AddHeader("Cache-Status", "tlsproxy; detail=own-answer");
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
            case ("/cache/clear" or "/certificates/reload", "POST") when !_token.Matches(request.Headers["Authorization"]):
                return (401, "Send Authorization: Bearer with the token of --admin-token-file.\n"u8.ToArray());
            case ("/cache/clear", "POST"):
                return (200, Encoding.ASCII.GetBytes($"{{\"removed\": {_fetches.Clear()}}}\n"));
            case ("/certificates/reload", "POST") when _certificates is { } certificates:
                var reload = certificates.Reload("POST /certificates/reload");
                return (reload.Refusals.Count == 0 ? 200 : 422, CertificateReport.Write(reload, certificates, TimeProvider.System.GetUtcNow()));
            case ("/certificates/reload", "POST"):
                return (404, "There are no certificates: nothing is served over TLS.\n"u8.ToArray());
            case ("/stats" or "/cache/clear" or "/certificates/reload", _):
                return (405, Known);
            default:
                return (404, Known);
        }
    }
}
