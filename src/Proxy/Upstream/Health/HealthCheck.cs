using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Health;

/// <summary>Asks one server again and again whether it is well.</summary>
/// <param name="server">Sends the requests.</param>
/// <param name="options">Its address, and the Host that it gets.</param>
/// <param name="report">Gets each result: null for a server that is well, else why it isn't.</param>
internal sealed class HealthCheck(IOrigin server, OriginOptions options, HealthCheckOptions check, Action<string?> report)
{
    // Exchanged by several threads: the one that begins a check, and the server's that ends it.
    private int _isUnderWay;

    /// <summary>From one check to the next.</summary>
    public TimeSpan Interval => check.Interval;

    /// <summary>Begins a check, unless the one before goes on: its deadline may be longer than the interval.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _isUnderWay, 1) != 0)
            return;
        var request = CreateRequest();
        try
        {
            server.Start(request, new HealthCheckSink(request, End));
        }
        catch
        {
            Volatile.Write(ref _isUnderWay, 0);
            throw;
        }
    }

    private void End(int status, OriginFailure failure)
    {
        // A failure of the proxy's own, such as a shortage of descriptors, says nothing about the server.
        if (!FailedAttempt.IsOwn(failure))
            Report(status, failure);
        // Behind the report: results come in order.
        Volatile.Write(ref _isUnderWay, 0);
    }

    private void Report(int status, OriginFailure failure)
    {
        var path = Encoding.ASCII.GetString(check.Path.Span);
        if (failure != OriginFailure.None)
            report($"GET {path}: {OriginFailures.Of(failure).Text.TrimEnd('.')}");
        else if (!check.IsExpected(status))
            report(string.Create(CultureInfo.InvariantCulture, $"GET {path} was answered with {status}"));
        else
            report(null);
    }

    private OriginRequest CreateRequest()
    {
        var fields = new FieldTable();
        var host = Encoding.ASCII.GetBytes(options.HostSent ?? options.Authority);
        fields.Add("Host"u8, HostField.WithoutDefaultPort(isHttps: false, host));
        fields.Add("User-Agent"u8, "tlsproxy-health-check"u8);
        return new OriginRequest { Method = KnownMethod.Get, MethodText = "GET"u8.ToArray(), Target = check.Path, Fields = fields };
    }
}
