using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>What an origin's answer is told as, and what is told where it is none.</summary>
public sealed class OriginAnswerTests
{
    private const string Short = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [EachOrigin]
    public async Task A_request_leaves_as_it_is(OriginKind kind)
    {
        var sent = new TaskCompletionSource<string?>();
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            sent.SetResult(await WireOrigin.ReadHeadAsync(stream, end));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Short), end);
        });
        var sink = origin.Send(OriginRequests.Create(
            "/a/../%2e//b;x?y=%zz&[a]^`{|}\\", fields: [("Host", "Example.ORG"), ("x-a", "1"), ("X-B", "\u00ff"), ("Cookie", "c=d")]));

        Assert.Equal(OriginFailure.None, await sink.End);
        Assert.Equal(
            "GET /a/../%2e//b;x?y=%zz&[a]^`{|}\\ HTTP/1.1\r\nHost: Example.ORG\r\nx-a: 1\r\nX-B: \u00ff\r\nCookie: c=d\r\n\r\n",
            await sent.Task);
    }

    [Theory]
    [EachOrigin("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n", 302)]
    [EachOrigin("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", 200)]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", 200)]
    [EachOrigin("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n", 401)]
    [EachOrigin("HTTP/1.0 200 OK\r\n\r\nto the end", 200)]
    [EachOrigin("HTTP/1.1 999 Own\r\nContent-Length: 0\r\n\r\n", 999)]
    public async Task An_answer_is_passed_on_and_not_acted_upon(OriginKind kind, string answer, int status)
    {
        await using var origin = WireOrigin.Answering(kind, answer);
        for (var i = 1; i <= 2; i++)
        {
            var sink = origin.Send(OriginRequests.Create("/"));
            Assert.Equal(OriginFailure.None, await sink.End);
            Assert.Equal(status, sink.Head!.Status);
            Assert.Equal(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..], sink.Body);
            Assert.Equal(i, origin.Connections);
        }
    }

    [Theory]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc")]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551618\r\n\r\nab")]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [EachOrigin("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc")]
    [EachOrigin("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")]
    [EachOrigin("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")]
    [EachOrigin("HTTP/1.1 200 OK\r\nno field\r\n\r\n")]
    [EachOrigin("HTTP/9.9 200 OK\r\n\r\n")]
    [EachOrigin("ICY 200 OK\r\n\r\n")]
    [EachOrigin("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n")]
    public async Task An_answer_that_could_be_read_differently_is_malformed(OriginKind kind, string answer)
    {
        await using var origin = WireOrigin.Answering(kind, answer);
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Equal(OriginFailure.Malformed, await sink.End);
        Assert.Null(sink.Head);
        Assert.Equal(1, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task A_field_with_NUL_is_refused_or_comes_without_it(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 0\r\n\r\n");
        var sink = origin.Send(OriginRequests.Create("/"));
        if (await sink.End == OriginFailure.None)
            Assert.Equal("a b", Messages.Field(sink.Head!, "X"));
    }

    [Theory]
    [EachOrigin]
    public async Task A_head_beyond_its_limit_is_malformed(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(
            kind,
            $"HTTP/1.1 200 OK\r\nX: {new string('x', 3000)}\r\nContent-Length: 0\r\n\r\n",
            change: options => options with { HeadKibibytesMax = 2 });
        Assert.Equal(OriginFailure.Malformed, await origin.Send(OriginRequests.Create("/")).End);
    }

    [Theory]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    [EachOrigin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")]
    [EachOrigin("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n")]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775807\r\n\r\nabc")]
    public async Task A_body_that_ends_early_is_cut_behind_what_came(OriginKind kind, string answer)
    {
        await using var origin = WireOrigin.Answering(kind, answer);
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Equal(OriginFailure.Truncated, await sink.End);
        Assert.Equal("abc", sink.Body);
    }

    [Theory]
    [EachOrigin("g\r\n")]
    [EachOrigin("FFFFFFFFFFFFFFFFF\r\nabc")]
    [EachOrigin("-3\r\nabc")]
    [EachOrigin("3\r\nabcX\r\n")]
    public async Task A_chunk_that_is_none_never_makes_a_whole_body(OriginKind kind, string chunk)
    {
        await using var origin = WireOrigin.Answering(
            kind, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + "\r\n0\r\n\r\n");
        Assert.Contains(await origin.Send(OriginRequests.Create("/")).End, new[] { OriginFailure.Malformed, OriginFailure.Truncated });
    }

    [Theory]
    [EachOrigin(KnownMethod.Get, 2, false)]
    [EachOrigin(KnownMethod.Get, 2, true)]
    [EachOrigin(KnownMethod.Head, 2, false)]
    [EachOrigin(KnownMethod.Options, 2, false)]
    [EachOrigin(KnownMethod.Trace, 2, true)]
    [EachOrigin(KnownMethod.Put, 1, false)]
    [EachOrigin(KnownMethod.Delete, 1, true)]
    [EachOrigin(KnownMethod.Post, 1, false)]
    [EachOrigin(KnownMethod.Patch, 1, true)]
    [EachOrigin(KnownMethod.Other, 1, false)]
    internal async Task An_origin_that_ends_each_connection_without_an_answer_gets_a_safe_request_twice_and_others_once(
        OriginKind kind, KnownMethod method, int times, bool resets)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            stream.Socket.LingerState = new LingerOption(resets, 0);
        });
        Assert.Equal(OriginFailure.NoResponse, await origin.Send(OriginRequests.Create("/", method)).End);
        Assert.Equal(times, origin.Connections);
    }

    [Theory]
    [EachOrigin(KnownMethod.Get, true)]
    [EachOrigin(KnownMethod.Post, false)]
    internal async Task On_a_kept_connection_that_ends_only_what_may_be_repeated_is_asked_again(
        OriginKind kind, KnownMethod method, bool isRepeated)
    {
        await using var origin = new WireOrigin(kind, async (number, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Short), end);
            // The next request of the first connection is read, and the connection ends.
            await WireOrigin.ReadHeadAsync(stream, end);
        });
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
        Assert.Equal(isRepeated ? OriginFailure.None : OriginFailure.NoResponse, await origin.Send(OriginRequests.Create("/", method)).End);
        Assert.Equal(isRepeated ? 2 : 1, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task Where_nobody_listens_there_is_no_connection(OriginKind kind)
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var origin = OriginUnderTest.Create(
            kind, new OriginOptions { Host = "127.0.0.1", Port = ((IPEndPoint)taken.LocalEndPoint!).Port });
        var sink = new RecordingSink();
        origin.Origin.Start(OriginRequests.Create("/"), sink);
        Assert.Equal(OriginFailure.ConnectFailed, await sink.End);
    }

    [Theory]
    [EachOrigin]
    public async Task An_origin_that_takes_too_long_for_its_head_is_given_up(OriginKind kind)
    {
        await using var origin = new WireOrigin(
            kind,
            (_, _, end) => Task.Delay(Timeout.Infinite, end),
            options => options with { ResponseTimeout = TimeSpan.FromMilliseconds(30) });
        Assert.Equal(OriginFailure.ResponseTimeout, await origin.Send(OriginRequests.Create("/")).End);
    }

    [Theory]
    [EachOrigin]
    public async Task A_body_that_stands_still_is_given_up(OriginKind kind)
    {
        await using var origin = new WireOrigin(
            kind,
            async (_, stream, end) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"u8.ToArray(), end);
                await Task.Delay(Timeout.Infinite, end);
            },
            options => options with { IdleTimeout = TimeSpan.FromMilliseconds(30) });
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Equal(OriginFailure.IdleTimeout, await sink.End);
        Assert.Equal("abc", sink.Body);
    }

    [Theory]
    [EachOrigin]
    public async Task While_the_sink_has_the_origin_wait_no_deadline_runs_and_nothing_comes(OriginKind kind)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new WireOrigin(
            kind,
            async (_, stream, end) =>
            {
                await WireOrigin.ReadHeadAsync(stream, end);
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc"u8.ToArray(), end);
                await begun.Task;
                await stream.WriteAsync("def"u8.ToArray(), end);
            },
            options => options with { IdleTimeout = TimeSpan.FromMilliseconds(30) });
        var request = OriginRequests.Create("/");
        var sink = origin.Send(request, waitAfter: 1);
        await sink.Begun;
        begun.SetResult();
        // More than twice the deadline.
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.False(sink.End.IsCompleted);
        Assert.Equal("abc", sink.Body);
        request.Resume();
        Assert.True(SpinWait.SpinUntil(() => sink.Body == "abcdef", TimeSpan.FromMinutes(1)));
        // The sink has said to wait behind these bytes, too.
        request.Resume();
        Assert.Equal(OriginFailure.None, await sink.End);
    }

    [Theory]
    [EachOrigin]
    public async Task A_request_given_up_before_it_began_never_reaches_the_origin(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, Short);
        var request = OriginRequests.Create("/");
        request.Cancel();
        Assert.Equal(OriginFailure.Cancelled, await origin.Send(request).End);
        Assert.Equal(0, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task A_request_given_up_within_the_body_ends_and_may_be_given_up_again(OriginKind kind)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"u8.ToArray(), end);
            await Task.Delay(Timeout.Infinite, end);
        });
        var request = OriginRequests.Create("/");
        var sink = origin.Send(request);
        await sink.Begun;
        request.Cancel();
        request.Cancel();
        Assert.Equal(OriginFailure.Cancelled, await sink.End);
        request.Resume();
        request.Cancel();
    }

    [Theory]
    [EachOrigin]
    public async Task Trailers_that_only_inform_follow_the_body(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(
            kind,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nok\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nCache-Control: no-store\r\n\r\n");
        var sink = origin.Send(OriginRequests.Create("/"));
        Assert.Equal(OriginFailure.None, await sink.End);
        Assert.Equal("ok", sink.Body);
        Assert.Equal(1, sink.Trailers!.Count);
        Assert.Equal("X-Sum", Encoding.ASCII.GetString(sink.Trailers.Name(0)));
    }
}
