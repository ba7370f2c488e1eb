using System.Net;
using System.Net.Security;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>Whether a server is ready to be measured.</summary>
internal static class Serving
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Waits for the server's port, and fetches the object once, which fills its cache.</summary>
    /// <returns>The length of the object.</returns>
    /// <exception cref="BenchException">The server has ended, answers with an error, or doesn't listen within 20 s.</exception>
    public static long Wait(Candidate candidate)
    {
#pragma warning disable CA5359 // The server is one that this process has started, or one that its user named.
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        };
#pragma warning restore CA5359
        using var client = new HttpClient(handler) { Timeout = Limit };
        var limit = DateTime.UtcNow + Limit;
        while (true)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, candidate.Url);
                using var response = client.Send(request);
                return response.StatusCode == HttpStatusCode.OK
                    ? response.Content.ReadAsStream().Length
                    : throw new BenchException($"{candidate.Name} answered {(int)response.StatusCode} to {candidate.Url}.");
            }
            catch (HttpRequestException exception)
            {
                // Not listening yet, unless its process has ended, which the reading of its clock tells.
                candidate.CheckRuns();
                if (exception.HttpRequestError != HttpRequestError.ConnectionError || DateTime.UtcNow > limit)
                    throw new BenchException($"{candidate.Name} does not serve {candidate.Url}: {exception.Message}");
                Thread.Sleep(50);
            }
        }
    }
}
