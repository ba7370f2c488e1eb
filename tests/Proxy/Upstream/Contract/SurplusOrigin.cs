using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>An origin that names in each answer the target it answers, and writes a surplus behind those below <c>/poisoned/</c>.</summary>
internal sealed class SurplusOrigin : IAsyncDisposable
{
    private const string Foreign = "HTTP/1.1 200 OK\r\nX-Of: /foreign\r\nContent-Length: 8\r\n\r\n/foreign";

    /// <summary>The bytes of each POST's body.</summary>
    private const int BodyBytes = 5;

    private readonly AnswerEnding _ending;
    private readonly AnswerSurplus _surplus;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<RecordingSink>> _sinks = new();
    private readonly ConcurrentBag<OriginStream> _answered = [];
    private readonly WireOrigin _origin;

    public SurplusOrigin(OriginKind kind, AnswerEnding ending, AnswerSurplus surplus, int connectionsMax)
    {
        _ending = ending;
        _surplus = surplus;
        _origin = new WireOrigin(kind, ServeAsync, options => options with { ConnectionsMax = connectionsMax });
    }

    /// <summary>The times each target was asked for.</summary>
    public ConcurrentDictionary<string, int> Requests { get; } = new();

    public RecordingSink Send(OriginRequest request)
    {
        var sink = _origin.Send(request);
        SinkOf(Encoding.ASCII.GetString(request.Target.Span)).SetResult(sink);
        return sink;
    }

    /// <summary>Writes the surplus that comes later on all connections that have answered.</summary>
    public async Task PoisonAsync()
    {
        while (_answered.TryTake(out var stream))
        {
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(Foreign));
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException)
            {
                // The proxy has closed this one already, which is as good.
                continue;
            }
        }
    }

    public ValueTask DisposeAsync() => _origin.DisposeAsync();

    private TaskCompletionSource<RecordingSink> SinkOf(string target) =>
        _sinks.GetOrAdd(target, _ => new TaskCompletionSource<RecordingSink>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ServeAsync(int number, OriginStream stream, CancellationToken end)
    {
        stream.Socket.NoDelay = true;
        while (await WireOrigin.ReadHeadAsync(stream, end) is { } head)
        {
            var target = head.Split(' ')[1];
            if (head.StartsWith("POST", StringComparison.Ordinal))
                await stream.ReadExactlyAsync(new byte[BodyBytes], end);
            Requests.AddOrUpdate(target, 1, (_, n) => n + 1);
            var poisoned = target.StartsWith("/poisoned/", StringComparison.Ordinal);
            var (first, second) = AnswerTo(target, poisoned ? _ending : AnswerEnding.Length);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(first), end);
            if (second.Length > 0)
            {
                await (await SinkOf(target).Task).Begun;
                await stream.WriteAsync(Encoding.ASCII.GetBytes(second + (poisoned ? SurplusAtOnce() : "")), end);
            }

            if (poisoned && _ending is AnswerEnding.UntilClose or AnswerEnding.ConnectionClose)
                return;
            if (poisoned && _surplus == AnswerSurplus.Later)
                _answered.Add(stream);
        }
    }

    private string SurplusAtOnce() => _surplus switch
    {
        AnswerSurplus.SameSend => "WRONG",
        AnswerSurplus.SecondAnswer => Foreign,
        _ => "",
    };

    /// <summary>An answer in two sends; those without a body in one, which is the second where a surplus may be in it.</summary>
    private (string First, string Second) AnswerTo(string target, AnswerEnding ending)
    {
        var length = $"X-Of: {target}\r\nContent-Length: {target.Length}\r\n\r\n";
        var chunks = $"HTTP/1.1 200 OK\r\nX-Of: {target}\r\nTransfer-Encoding: chunked\r\n\r\n{target.Length:x}\r\n{target[0]}";
        return ending switch
        {
            AnswerEnding.Length or AnswerEnding.Cancelled => ($"HTTP/1.1 200 OK\r\n{length}{target[0]}", target[1..]),
            AnswerEnding.Error => ($"HTTP/1.1 503 Service Unavailable\r\n{length}{target[0]}", target[1..]),
            AnswerEnding.AfterInterim => ($"HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 200 OK\r\n{length}{target[0]}", target[1..]),
            AnswerEnding.ConnectionClose => ($"HTTP/1.1 200 OK\r\nConnection: close\r\n{length}{target[0]}", target[1..]),
            AnswerEnding.Chunks => (chunks, $"{target[1..]}\r\n0\r\n\r\n"),
            AnswerEnding.Trailers => (chunks, $"{target[1..]}\r\n0\r\nX-Sum: 1\r\n\r\n"),
            AnswerEnding.UntilClose => ($"HTTP/1.1 200 OK\r\nX-Of: {target}\r\n\r\n{target[0]}", target[1..]),
            AnswerEnding.Empty => OneSend($"HTTP/1.1 200 OK\r\nX-Of: {target}\r\nContent-Length: 0\r\n\r\n"),
            AnswerEnding.Head => OneSend($"HTTP/1.1 200 OK\r\n{length}"),
            AnswerEnding.NoContent => OneSend($"HTTP/1.1 204 No Content\r\nX-Of: {target}\r\n\r\n"),
            AnswerEnding.NotModified => OneSend($"HTTP/1.1 304 Not Modified\r\n{length}"),
            AnswerEnding.Switch => OneSend($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nX-Of: {target}\r\n\r\n"),
            _ => OneSend($"HTTP/1.1 200 OK\r\nX-Of: {target}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        };
    }

    private (string First, string Second) OneSend(string answer) => (answer + SurplusAtOnce(), "");
}
