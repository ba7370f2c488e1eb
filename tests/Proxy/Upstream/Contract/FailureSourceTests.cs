using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>At which stage a request to an origin failed, and whether it may be sent again.</summary>
public sealed class FailureSourceTests
{
    private const string Head = "HTTP/1.1 200 OK\r\n";
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(Head + "Content-Length: 2\r\n\r\nok");

    [Theory]
    [InlineData("Content-Length: 2, 3\r\n\r\nabc", OriginFailure.Malformed, FailureSource.BeforeHead)]
    [InlineData("no field\r\n\r\n", OriginFailure.Malformed, FailureSource.BeforeHead)]
    [InlineData("Content-Le", OriginFailure.NoResponse, FailureSource.BeforeHead)]
    [InlineData("Content-Length: 10\r\n\r\nabc", OriginFailure.Truncated, FailureSource.InBody)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n", OriginFailure.Truncated, FailureSource.InBody)]
    internal async Task An_answer_that_is_no_whole_one_failed_before_or_behind_its_head(
        string rest, OriginFailure reason, FailureSource source)
    {
        await using var origin = WireOrigin.Answering(Head + rest);
        await AssertFailedAsync(origin.Send(OriginRequests.Create("/")), reason, source, mayRetry: false);
    }

    [Fact]
    public async Task A_chunk_that_is_none_failed_in_the_body()
    {
        await using var origin = WireOrigin.Answering(Head + "Transfer-Encoding: chunked\r\n\r\ng\r\n\r\n0\r\n\r\n");
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Contains(await sink.End, new[] { OriginFailure.Malformed, OriginFailure.Truncated });
        Assert.Equal(FailureSource.InBody, sink.Failed?.Source);
        Assert.False(sink.Failed?.MayRetry);
    }

    [Theory]
    [InlineData(KnownMethod.Get)]
    [InlineData(KnownMethod.Post)]
    internal async Task Silence_on_a_new_connection_failed_before_the_head_and_is_the_origins_answer(KnownMethod method)
    {
        await using var origin = new WireOrigin(async (_, stream, end) => await WireOrigin.ReadHeadAsync(stream, end));
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/", method)), OriginFailure.NoResponse, FailureSource.BeforeHead, mayRetry: false);
    }

    [Theory]
    [InlineData(KnownMethod.Get, 2)]
    [InlineData(KnownMethod.Post, 1)]
    internal async Task Silence_on_a_kept_connection_is_told_by_the_last_attempt(KnownMethod method, int connections)
    {
        await using var origin = AnsweringOnce("");
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);

        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/", method)), OriginFailure.NoResponse, FailureSource.BeforeHead, mayRetry: false);
        Assert.Equal(connections, origin.Connections);
    }

    [Fact]
    public async Task A_kept_connection_that_ends_amid_a_head_is_not_left_for_another()
    {
        await using var origin = AnsweringOnce(Head);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);

        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/")), OriginFailure.NoResponse, FailureSource.BeforeHead, mayRetry: false);
        Assert.Equal(1, origin.Connections);
    }

    [Theory]
    [InlineData(KnownMethod.Get, true)]
    [InlineData(KnownMethod.Put, true)]
    [InlineData(KnownMethod.Post, false)]
    internal async Task Where_nobody_listens_the_request_never_left(KnownMethod method, bool mayRetry)
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        using var origin = new HttpClientOrigin(new OriginOptions { Host = "127.0.0.1", Port = port });
        var sink = new RecordingSink();
        origin.Start(OriginRequests.Create("/", method), sink);

        await AssertFailedAsync(sink, OriginFailure.ConnectFailed, FailureSource.Connect, mayRetry);
        Assert.Equal(new OriginTrouble($"127.0.0.1:{port}", "ECONNREFUSED"), sink.Failed?.Trouble);
    }

    [Fact]
    public async Task A_deadline_of_the_head_failed_before_the_head()
    {
        await using var origin = new WireOrigin(
            (_, _, end) => Task.Delay(Timeout.Infinite, end),
            options => options with { ResponseTimeout = TimeSpan.FromMilliseconds(30) });
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/")), OriginFailure.ResponseTimeout, FailureSource.BeforeHead, mayRetry: false);
    }

    [Fact]
    public async Task A_deadline_that_passes_while_the_request_waits_for_a_connection_failed_at_connecting()
    {
        var time = new SteppedTime();
        await using var origin = BegunAnswer(options => options with { ConnectionsMax = 1 }, time);
        // Its sink has the origin wait, so it holds the only connection without a deadline.
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

    [Fact]
    public async Task A_body_that_stands_still_failed_within_it()
    {
        await using var origin = BegunAnswer(options => options with { IdleTimeout = TimeSpan.FromMilliseconds(30) });
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/")), OriginFailure.IdleTimeout, FailureSource.InBody, mayRetry: false);
    }

    [Fact]
    public async Task A_request_given_up_at_any_stage_is_failed_by_the_proxy()
    {
        await using var origin = BegunAnswer();
        var early = OriginRequests.Create("/");
        early.Cancel();
        await AssertFailedAsync(origin.Send(early), OriginFailure.Cancelled, FailureSource.Proxy, mayRetry: false);

        var late = OriginRequests.Create("/");
        var sink = origin.Send(late);
        await sink.Begun;
        late.Cancel();
        await AssertFailedAsync(sink, OriginFailure.Cancelled, FailureSource.Proxy, mayRetry: false);
    }

    [Fact]
    public async Task A_client_that_breaks_its_body_off_and_a_request_of_no_known_form_are_not_the_origins_failures()
    {
        await using var origin = new WireOrigin(async (_, stream, end) => await stream.ReadExactlyAsync(new byte[10_000], end));
        var body = new RequestBody(5, new ManualMailbox(), new CountingWriter(), new SegmentPool());
        body.Abort();
        await AssertFailedAsync(
            origin.Send(OriginRequests.Create("/", KnownMethod.Post, body)), OriginFailure.ClientBodyFailed, FailureSource.Proxy,
            mayRetry: false);

        var sink = origin.Send(OriginRequests.Create("*", KnownMethod.Options));
        await AssertFailedAsync(sink, OriginFailure.Unsupported, FailureSource.Proxy, mayRetry: false);
        Assert.Null(sink.Failed?.Trouble);
    }

    /// <summary>Answers the first request of its first connection, and ends each connection behind the next one.</summary>
    /// <param name="second">What the second request gets.</param>
    private static WireOrigin AnsweringOnce(string second) => new(async (number, stream, end) =>
    {
        await WireOrigin.ReadHeadAsync(stream, end);
        if (number > 0)
            return;
        await stream.WriteAsync(Answer, end);
        await WireOrigin.ReadHeadAsync(stream, end);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(second), end);
    });

    private static WireOrigin BegunAnswer(Func<OriginOptions, OriginOptions>? change = null, TimeProvider? time = null) => new(
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
