using System.Net;
using System.Net.Sockets;
using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A client on libssl over a socket, for what the runtime's own can't do: change keys, and put records together in one
/// segment.</summary>
internal sealed class LibSslClient : IAsyncDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _limit = new(RunningKernel.TestLimit);
    private readonly BytePipe _output = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly TlsClient _client;

    private LibSslClient(ClientSuite suite) => _client = new TlsClient(suite);

    /// <summary>What the proxy has said so far.</summary>
    public string Text => System.Text.Encoding.Latin1.GetString(_client.Received.Span);

    /// <summary>How TLS has ended, if it has.</summary>
    public ClientEnd End => _client.End;

    /// <summary>The number of the alert that ended it, or -1.</summary>
    public int Alert => _client.Alert;

    public static async Task<LibSslClient> OpenAsync(ProxyProcess proxy, Transport transport)
    {
        var isTls12 = transport.Protocol() == System.Security.Authentication.SslProtocols.Tls12;
        var client = new LibSslClient(isTls12 ? ClientSuite.Tls12Aes128 : ClientSuite.Tls13Aes128);
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, proxy.Port(transport)), client._limit.Token);
        await client.FlushAsync();
        while (!client._client.IsEstablished)
            await client.ReceiveAsync();
        await client.FlushAsync();
        return client;
    }

    /// <summary>Seals data; it leaves with the next <see cref="FlushAsync"/>.</summary>
    public void Write(string text) => _client.Write(System.Text.Encoding.Latin1.GetBytes(text));

    /// <summary>Seals a KeyUpdate.</summary>
    /// <param name="requested">The proxy is asked for new keys too.</param>
    public void UpdateKeys(bool requested) => _client.UpdateKeys(requested);

    /// <summary>Sends what is sealed, in as few segments as can be.</summary>
    public async Task FlushAsync()
    {
        _client.TakeOutput(_output);
        while (_output.Count > 0)
            _output.Skip(await _socket.SendAsync(_output.Span.ToArray(), _limit.Token));
    }

    /// <summary>Reads until the proxy has said a text so many times.</summary>
    public async Task WaitForAsync(string text, int times = 1)
    {
        while (Text.Split(text).Length <= times)
        {
            if (!await ReceiveAsync())
                throw new EndOfStreamException($"The proxy ended ({End} {Alert}) without '{text}' {times} times:\n{Text}");
        }
    }

    /// <summary>Reads until the proxy ends the connection.</summary>
    public async Task WaitForEndAsync()
    {
        while (await ReceiveAsync())
            continue;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _socket.Dispose();
        _limit.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<bool> ReceiveAsync()
    {
        var count = await _socket.ReceiveAsync(_buffer, _limit.Token);
        _client.Offer(_buffer.AsSpan(0, count));
        if (_client.End == ClientEnd.None)
            await FlushAsync();
        return count > 0;
    }
}
