using System.Net;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The address for operators, apart from the workers: <c>GET /stats</c>. It only reads; nothing here changes the proxy's state.</summary>
internal sealed class AdminServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly StatisticsReport _report;

    public AdminServer(IPEndPoint endPoint, StatisticsReport report)
    {
        _report = report;
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
        var known = context.Request.Url?.AbsolutePath == "/stats";
        var allowed = context.Request.HttpMethod is "GET" or "HEAD";
        response.StatusCode = !known ? 404 : allowed ? 200 : 405;
        var body = response.StatusCode == 200 ? _report.Write() : "GET /stats is what there is here.\n"u8.ToArray();
        response.ContentType = response.StatusCode == 200 ? "application/json" : "text/plain";
        response.ContentLength64 = body.Length;
        response.AddHeader("Cache-Control", "no-store");
        if (context.Request.HttpMethod != "HEAD")
            await response.OutputStream.WriteAsync(body).ConfigureAwait(false);
        response.Close();
    }
}
