using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>A client of one connection, which it opens again when it is lost, that checks all that it gets.</summary>
internal sealed class FaultClient : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _base;

    public FaultClient(IPEndPoint address, bool isIntroduced)
    {
        _base = $"{(isIntroduced ? "https" : "http")}://localhost:{address.Port}";
        _client = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
            },
            ConnectCallback = (_, end) => ConnectAsync(address, isIntroduced, end),
        })
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
    }

    /// <param name="onHead">Called when the answer's head is there, before its body is read.</param>
    /// <returns>Whether the answer was the right one; false where there was none, or the proxy's own error.</returns>
    public async Task<bool> TryAsync(HttpMethod method, string target, string expected, Action onHead)
    {
        using var request = new HttpRequestMessage(method, _base + target);
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent(expected);
            request.Headers.ExpectContinue = true;
        }

        try
        {
            using var answer = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
            onHead();
            var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError)
                return false;
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(expected, body);
            return true;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or SocketException)
        {
            return false;
        }
    }

    public void Dispose() => _client.Dispose();

    private static async ValueTask<Stream> ConnectAsync(IPEndPoint address, bool isIntroduced, CancellationToken end)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, end);
            if (isIntroduced)
                await socket.SendAsync("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"u8.ToArray(), end);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
