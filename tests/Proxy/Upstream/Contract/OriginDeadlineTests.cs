using System.Threading.Channels;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>Deadlines of requests to the origin, and the ages of its connections.</summary>
public sealed class OriginDeadlineTests
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private readonly SteppedTime _time = new();
    private readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [EachOrigin]
    public async Task The_deadline_of_a_head_includes_the_time_for_its_connection(OriginKind kind)
    {
        await using var origin = new WireOrigin(kind, (number, stream, end) => SilentAfter(answers: 0, number, stream, end), time: _time);
        var sink = origin.Send(OriginRequests.Create("/"));
        await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(sink.End.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OriginFailure.ResponseTimeout, await sink.End);
    }

    [Theory]
    [EachOrigin]
    public async Task A_request_that_is_sent_once_more_keeps_its_deadline(OriginKind kind)
    {
        await using var origin = new WireOrigin(
            kind,
            (number, stream, end) => SilentAfter(number == 0 ? 1 : 0, number, stream, end), time: _time);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
        Assert.Equal(0, await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken));
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Equal(0, await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken));

        _time.Advance(TimeSpan.FromSeconds(40));
        _end.SetResult();
        Assert.Equal(1, await _asked.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(sink.End.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(OriginFailure.ResponseTimeout, await sink.End);
    }

    [Theory]
    [EachOrigin(KnownMethod.Get, 3.9, 1)]
    [EachOrigin(KnownMethod.Get, 4, 2)]
    [EachOrigin(KnownMethod.Post, 4, 2)]
    internal async Task A_connection_that_has_rested_for_4_seconds_carries_no_further_request(
        OriginKind kind, KnownMethod method, double seconds, int connections)
    {
        await using var origin = new WireOrigin(kind, (number, stream, end) => SilentAfter(int.MaxValue, number, stream, end), time: _time);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/", method)).End);
        Assert.Equal(connections, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task A_connection_of_60_seconds_carries_no_further_request_though_it_never_rests(OriginKind kind)
    {
        await using var origin = new WireOrigin(kind, (number, stream, end) => SilentAfter(int.MaxValue, number, stream, end), time: _time);
        for (var second = 0; second <= 60; second += 3)
        {
            Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
            Assert.Equal(second < 60 ? 1 : 2, origin.Connections);
            _time.Advance(TimeSpan.FromSeconds(3));
        }
    }

    /// <summary>Answers some requests of a connection, and holds the next until the connection is to end.</summary>
    private async Task SilentAfter(int answers, int number, OriginStream stream, CancellationToken end)
    {
        while (await WireOrigin.ReadHeadAsync(stream, end) is not null)
        {
            await _asked.Writer.WriteAsync(number, end);
            if (answers-- > 0)
                await stream.WriteAsync(Answer, end);
            else if (number == 0)
                await _end.Task.WaitAsync(end);
            else
                await Task.Delay(Timeout.Infinite, end);
            if (answers < 0)
                return;
        }
    }
}
