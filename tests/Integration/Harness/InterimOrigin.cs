using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>An origin for one request that answers in two steps, each when a test says so, and reads the body when a test does.</summary>
internal sealed class InterimOrigin : IOriginServer
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _end = new(RunningKernel.TestLimit);
    private readonly TaskCompletionSource<string> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WireReader> _body = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    /// <param name="first">What is sent first, before the body is read; empty for nothing.</param>
    public InterimOrigin(string first, string second)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(8);
        _serving = ServeAsync(first, second);
    }

    public Uri Address =>
        new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}"));

    /// <summary>The lines of the head, each with its CRLF.</summary>
    public Task<string> Head => _head.Task.WaitAsync(_end.Token);

    public void GiveFirst() => _first.TrySetResult();

    public void GiveSecond() => _second.TrySetResult();

    /// <summary>Bytes that follow the head, as they came.</summary>
    public async Task<string> ReadBodyAsync(int count)
    {
        var body = new byte[count];
        await (await _body.Task.WaitAsync(_end.Token)).ReadExactlyAsync(body, _end.Token);
        return Encoding.Latin1.GetString(body);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
        _end.Dispose();
    }

    private async Task ServeAsync(string first, string second)
    {
        try
        {
            using var stream = new NetworkStream(await _listener.AcceptAsync(_end.Token), ownsSocket: true);
            var reader = new WireReader(stream);
            var head = new StringBuilder();
            while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
                head.Append(line).Append("\r\n");
            _head.TrySetResult(head.ToString());
            _body.TrySetResult(reader);
            if (first.Length > 0)
                await SendAsync(stream, first, _first.Task);
            if (second.Length > 0)
                await SendAsync(stream, second, _second.Task);
            await Task.Delay(Timeout.Infinite, _end.Token);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
        {
            // The test is over.
            return;
        }
    }

    private async Task SendAsync(NetworkStream stream, string text, Task when)
    {
        await when.WaitAsync(_end.Token);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), _end.Token);
    }
}
