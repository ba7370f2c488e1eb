using System.Collections.Concurrent;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Tls;

/// <summary>What only origins with TLS can do wrong: their handshake, and the end of their stream.</summary>
public sealed class TlsOriginTests
{
    private static readonly byte[] s_untilClose = "HTTP/1.1 200 OK\r\n\r\nto the end"u8.ToArray();
    private static readonly byte[] s_ofLength = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    [Theory]
    [TlsKind(true, nameof(OriginFailure.None))]
    [TlsKind(false, nameof(OriginFailure.Truncated))]
    public async Task An_answer_without_a_length_is_whole_only_where_close_notify_says_so(OriginKind kind, bool isOrderly, string outcome)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync(s_untilClose, end);
            if (!isOrderly)
                stream.Socket.Close();
        });
        var sink = origin.Send(OriginRequests.Create("/"));

        Assert.Equal(Enum.Parse<OriginFailure>(outcome), await sink.End);
        Assert.Equal("to the end", sink.Body);
    }

    [Theory]
    [TlsKind(KnownMethod.Get)]
    [TlsKind(KnownMethod.Post)]
    internal async Task An_answer_of_known_length_is_whole_without_close_notify(OriginKind kind, KnownMethod method)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync(s_ofLength, end);
            stream.Socket.Close();
        });
        for (var i = 1; i <= 2; i++)
        {
            Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/", method)).End);
            Assert.Equal(i, origin.Connections);
        }
    }

    [Theory]
    [TlsKind]
    public async Task A_record_that_comes_in_part_behind_an_answer_leaves_its_connection_to_no_further_request(OriginKind kind)
    {
        // The beginning of a record of 4,096 bytes, which a second answer nobody asked for might have.
        byte[] part = [23, 3, 3, 16, 0, .. new byte[100]];
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync(s_ofLength, end);
            await stream.Socket.SendAsync(part, end);
            sent.TrySetResult();
            await WireOrigin.ReadHeadAsync(stream, end);
        });
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
        await sent.Task;

        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
        Assert.Equal(2, origin.Connections);
    }

    [Theory]
    [TlsKind("220 ready\r\n", "the server doesn't speak TLS")]
    [TlsKind("", "in the TLS handshake, the server ended the connection")]
    public async Task A_server_without_TLS_fails_the_handshake_and_hears_no_request(OriginKind kind, string answer, string words)
    {
        var heard = new ConcurrentQueue<byte>();
        await using var origin = new WireOrigin(
            kind,
            async (_, stream, end) =>
            {
                var bytes = new byte[4096];
                var count = await stream.ReadAsync(bytes, end);
                Array.ForEach(bytes[..count], heard.Enqueue);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), end);
            },
            isRaw: true);
        var sink = origin.Send(OriginRequests.Create("/secret"));

        Assert.Equal(OriginFailure.HandshakeFailed, await sink.End);
        Assert.Equal(FailureSource.Tls, sink.Failed!.Value.Source);
        Assert.StartsWith(words, sink.Failed.Value.Trouble!.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", Encoding.Latin1.GetString([.. heard]), StringComparison.Ordinal);
    }

    [Theory]
    [TlsKind(KnownMethod.Get, true)]
    [TlsKind(KnownMethod.Post, false)]
    internal async Task A_certificate_for_another_name_is_refused_and_no_request_leaves(OriginKind kind, KnownMethod method, bool mayRetry)
    {
        await using var origin = new WireOrigin(
            kind, (_, stream, end) => WireOrigin.ReadHeadAsync(stream, end),
            options => options with { Tls = new OriginTlsOptions { Name = "other.example" } });
        var sink = origin.Send(OriginRequests.Create("/", method));

        Assert.Equal(OriginFailure.CertificateRefused, await sink.End);
        var failed = sink.Failed!.Value;
        Assert.Equal((FailureSource.Tls, mayRetry), (failed.Source, failed.MayRetry));
        Assert.StartsWith(
            "the server's certificate is for other names (checked for other.example against the test's authority; --origin-ca ",
            failed.Trouble!.Error, StringComparison.Ordinal);
    }

    [Theory]
    [TlsKind]
    public async Task The_time_for_a_connection_includes_its_handshake(OriginKind kind)
    {
        var time = new SteppedTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new WireOrigin(
            kind,
            async (_, stream, end) =>
            {
                await stream.ReadExactlyAsync(new byte[1], end);
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, end);
            },
            options => options with { ConnectTimeout = TimeSpan.FromSeconds(5) }, time: time, isRaw: true);
        var sink = origin.Send(OriginRequests.Create("/"));
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(sink.End.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(OriginFailure.ConnectTimeout, await sink.End);
        Assert.Equal("in the TLS handshake", sink.Failed!.Value.Trouble!.Error);
    }

    [Theory]
    [TlsKind]
    public async Task A_request_that_is_given_up_in_the_handshake_leaves_a_connection_for_the_next(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, Encoding.ASCII.GetString(s_ofLength), closes: false);
        var request = OriginRequests.Create("/");
        var given = origin.Send(request);
        request.Cancel();
        Assert.Contains(await given.End, (OriginFailure[])[OriginFailure.None, OriginFailure.Cancelled]);

        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
    }

    [Theory]
    [TlsKind]
    public async Task A_slow_reader_gets_every_byte_of_an_answer_that_came_at_once(OriginKind kind)
    {
        var body = new string('x', 300_000) + "end";
        await using var origin = WireOrigin.Answering(
            kind, $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n", closes: false);
        var request = OriginRequests.Create("/");
        var sink = origin.Send(request, waitAfter: 1000);
        while (!sink.End.IsCompleted)
        {
            request.Resume();
            await Task.Yield();
        }

        Assert.Equal(OriginFailure.None, await sink.End);
        Assert.Equal(body, sink.Body);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/")).End);
        Assert.Equal(1, origin.Connections);
    }
}
