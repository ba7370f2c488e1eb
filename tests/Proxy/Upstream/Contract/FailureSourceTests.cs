using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>At which stage a request to an origin failed, and whether it may be sent again.</summary>
public sealed class FailureSourceTests
{
    private const string Head = "HTTP/1.1 200 OK\r\n";
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(Head + "Content-Length: 2\r\n\r\nok");

    [Theory]
    [EachOrigin("Content-Length: 2, 3\r\n\r\nabc", OriginFailure.Malformed, FailureSource.BeforeHead)]
    [EachOrigin("no field\r\n\r\n", OriginFailure.Malformed, FailureSource.BeforeHead)]
    [EachOrigin("Content-Le", OriginFailure.NoResponse, FailureSource.BeforeHead)]
    [EachOrigin("Content-Length: 10\r\n\r\nabc", OriginFailure.Truncated, FailureSource.InBody)]
    [EachOrigin("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", OriginFailure.Truncated, FailureSource.InBody)]
    internal async Task An_answer_that_is_no_whole_one_failed_before_or_behind_its_head(
        OriginKind kind, string rest, OriginFailure reason, FailureSource source)
    {
        await using var origin = WireOrigin.Answering(kind, Head + rest);
        await AssertFailedAsync(origin.Send(OriginRequests.Create("/")), reason, source, mayRetry: false);
    }

    [Theory]
    [EachOrigin]
    public async Task A_chunk_that_is_none_failed_in_the_body(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, Head + "Transfer-Encoding: chunked\r\n\r\ng\r\n\r\n0\r\n\r\n");
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Contains(await sink.End, new[] { OriginFailure.Malformed, OriginFailure.Truncated });
        Assert.Equal(FailureSource.InBody, sink.Failed?.Source);
        Assert.False(sink.Failed?.MayRetry);
    }

    [Theory]
    [EachOrigin(KnownMethod.Get)]
    [EachOrigin(KnownMethod.Post)]
    internal async Task Silence_on_a_new_connection_failed_before_the_head(OriginKind kind, KnownMethod method)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) => await WireOrigin.ReadHeadAsync(stream, end));
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/", method)), OriginFailure.NoResponse, FailureSource.BeforeHead, mayRetry: false);
    }

    [Theory]
    [EachOrigin(KnownMethod.Get, 2)]
    [EachOrigin(KnownMethod.Post, 1)]
    internal async Task Silence_on_a_kept_connection_is_told_by_the_last_attempt(OriginKind kind, KnownMethod method, int connections)
    {
        await using var origin = AnsweringOnce(kind, "");
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);

        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/", method)), OriginFailure.NoResponse, FailureSource.BeforeHead, mayRetry: false);
        Assert.Equal(connections, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task A_kept_connection_that_ends_amid_a_head_is_not_left_for_another(OriginKind kind)
    {
        await using var origin = AnsweringOnce(kind, Head);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);

        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/")), OriginFailure.NoResponse, FailureSource.BeforeHead, mayRetry: false);
        Assert.Equal(1, origin.Connections);
    }

    [Theory]
    [EachOrigin(KnownMethod.Get, true)]
    [EachOrigin(KnownMethod.Put, true)]
    [EachOrigin(KnownMethod.Post, false)]
    internal async Task Where_nobody_listens_the_request_never_left(OriginKind kind, KnownMethod method, bool mayRetry)
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using var origin = OriginUnderTest.Create(kind, new OriginOptions { Host = "127.0.0.1", Port = port });
        var sink = new RecordingSink();
        origin.Origin.Start(OriginRequests.Create("/", method), sink);

        await AssertFailedAsync(sink, OriginFailure.ConnectFailed, FailureSource.Connect, mayRetry);
        Assert.Equal(new OriginTrouble($"127.0.0.1:{port}", "ECONNREFUSED"), sink.Failed?.Trouble);
    }

    [Theory]
    [EachOrigin]
    public async Task A_deadline_of_the_head_failed_before_the_head(OriginKind kind)
    {
        var time = new SteppedTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new WireOrigin(
            kind,
            async (_, stream, end) =>
            {
                await WireOrigin.ReadHeadAsync(stream, end);
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, end);
            },
            time: time);
        var sink = origin.Send(OriginRequests.Create("/"));
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(60));
        await AssertFailedAsync(sink, OriginFailure.ResponseTimeout, FailureSource.BeforeHead, mayRetry: false);
    }

    [Theory]
    [EachOrigin]
    public async Task A_deadline_that_passes_while_the_request_waits_for_a_connection_failed_at_connecting(OriginKind kind)
    {
        var time = new SteppedTime();
        // The first one's sink has the origin wait, so it holds the only connection. Its own deadline may end a moment later than that.
        await using var origin = BegunAnswer(
            kind, options => options with { ConnectionsMax = 1, IdleTimeout = TimeSpan.FromDays(30) }, time);
        var holder = origin.Send(OriginRequests.Create("/"), waitAfter: 1);
        await holder.Begun;
        var waiting = origin.Send(OriginRequests.Create("/"));
        // Its deadline is armed on another thread, perhaps after a step of the time.
        while (!waiting.End.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await Task.Yield();
        }

        await AssertFailedAsync(waiting, OriginFailure.ResponseTimeout, FailureSource.Connect, mayRetry: false);
        Assert.False(holder.End.IsCompleted);
    }

    [Theory]
    [EachOrigin]
    public async Task A_body_that_stands_still_failed_within_it(OriginKind kind)
    {
        await using var origin = BegunAnswer(kind, options => options with { IdleTimeout = TimeSpan.FromMilliseconds(30) });
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/")), OriginFailure.IdleTimeout, FailureSource.InBody, mayRetry: false);
    }

    [Theory]
    [EachOrigin]
    public async Task A_request_given_up_at_any_stage_is_failed_by_the_proxy(OriginKind kind)
    {
        await using var origin = BegunAnswer(kind);
        var early = OriginRequests.Create("/");
        early.Cancel();
        await AssertFailedAsync(origin.Send(early), OriginFailure.Cancelled, FailureSource.Proxy, mayRetry: false);

        var late = OriginRequests.Create("/");
        var sink = origin.Send(late);
        await sink.Begun;
        late.Cancel();
        await AssertFailedAsync(sink, OriginFailure.Cancelled, FailureSource.Proxy, mayRetry: false);
    }

    [Theory]
    [EachOrigin]
    public async Task A_client_that_breaks_its_body_off_is_not_the_origins_failure(OriginKind kind)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) => await stream.ReadExactlyAsync(new byte[10_000], end));
        var body = new RequestBody(5, new ManualMailbox(), new CountingWriter(), new SegmentPool());
        body.Abort();
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/", KnownMethod.Post, body)), OriginFailure.ClientBodyFailed, FailureSource.Proxy,
            mayRetry: false);
    }

    /// <summary>Answers the first request of its first connection, and ends each connection behind the next one.</summary>
    /// <param name="second">What the second request gets.</param>
    private static WireOrigin AnsweringOnce(OriginKind kind, string second) => new(kind, async (number, stream, end) =>
    {
        await WireOrigin.ReadHeadAsync(stream, end);
        if (number > 0)
            return;
        await stream.WriteAsync(Answer, end);
        await WireOrigin.ReadHeadAsync(stream, end);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(second), end);
    });

    private static WireOrigin BegunAnswer(
        OriginKind kind, Func<OriginOptions, OriginOptions>? change = null, SteppedTime? time = null) => new(
        kind,
        async (_, stream, end) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Head + "Content-Length: 10\r\n\r\nabc"), end);
            await Task.Delay(Timeout.Infinite, end);
        },
        change,
        time: time);

    private static async Task AssertFailedAsync(RecordingSink sink, OriginFailure reason, FailureSource source, bool mayRetry)
    {
        Assert.Equal(reason, await sink.End);
        Assert.Equal((source, mayRetry), (sink.Failed!.Value.Source, sink.Failed.Value.MayRetry));
    }
}
