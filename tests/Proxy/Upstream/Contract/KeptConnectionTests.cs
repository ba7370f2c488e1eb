using System.Collections.Concurrent;
using System.Net.Sockets;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>A request that meets a connection which the origin has ended or written to goes to a new one where that does no harm.</summary>
public sealed class KeptConnectionTests
{
    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private readonly ConcurrentQueue<string> _seen = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [EachOrigin(KnownMethod.Get, false)]
    [EachOrigin(KnownMethod.Get, true)]
    [EachOrigin(KnownMethod.Head, true)]
    [EachOrigin(KnownMethod.Post, false)]
    [EachOrigin(KnownMethod.Post, true)]
    internal async Task A_request_that_finds_its_connection_ended_is_sent_on_a_new_one(OriginKind kind, KnownMethod method, bool resets)
    {
        await using var origin = EndingOrigin(kind, resets, seesRequest: false);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/first")).End);
        await _ended.Task;

        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/second", method)).End);
        Assert.Equal(["/first", "/second"], _seen);
    }

    [Theory]
    [EachOrigin(KnownMethod.Get, false)]
    [EachOrigin(KnownMethod.Get, true)]
    [EachOrigin(KnownMethod.Head, true)]
    internal async Task A_safe_request_that_its_connection_ends_under_is_sent_once_more(OriginKind kind, KnownMethod method, bool resets)
    {
        await using var origin = EndingOrigin(kind, resets, seesRequest: true);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/first")).End);

        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/second", method)).End);
        Assert.Equal(["/first", "/second", "/second"], _seen);
    }

    [Theory]
    [EachOrigin(KnownMethod.Post, false)]
    [EachOrigin(KnownMethod.Post, true)]
    [EachOrigin(KnownMethod.Put, false)]
    [EachOrigin(KnownMethod.Delete, true)]
    internal async Task An_unsafe_request_that_its_connection_ends_under_is_not_sent_again(OriginKind kind, KnownMethod method, bool resets)
    {
        await using var origin = EndingOrigin(kind, resets, seesRequest: true);
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/first")).End);

        Assert.Equal(OriginFailure.NoResponse, await origin.Send(OriginRequests.Create("/second", method)).End);
        Assert.Equal(["/first", "/second"], _seen);
    }

    [Theory]
    [EachOrigin]
    public async Task A_request_is_sent_once_more_only(OriginKind kind)
    {
        await using var origin = new WireOrigin(kind, async (number, stream, end) =>
        {
            for (var i = 0; await WireOrigin.ReadHeadAsync(stream, end) is not null && number == 0 && i == 0; i++)
                await stream.WriteAsync(Answer, end);
        });
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/first")).End);

        Assert.Equal(OriginFailure.NoResponse, await origin.Send(OriginRequests.Create("/second")).End);
        Assert.Equal(2, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task A_body_reaches_the_origin_whole_and_once_when_its_connection_has_bytes_behind_an_answer(OriginKind kind)
    {
        await using var origin = new SurplusOrigin(kind, AnswerEnding.Length, AnswerSurplus.SecondAnswer, connectionsMax: 1);
        // Each request waits for the connection of the one before and gets it with bytes in it.
        var requests = Enumerable.Range(0, 8).Select(number => (Target: $"/poisoned/{number}", Body: WholeBody())).ToArray();
        var sinks = Array.ConvertAll(requests, each => origin.Send(OriginRequests.Create(each.Target, KnownMethod.Post, each.Body)));

        for (var i = 0; i < sinks.Length; i++)
        {
            Assert.Equal(OriginFailure.None, await sinks[i].End);
            Assert.Equal(requests[i].Target, sinks[i].Body);
            Assert.Equal(1, origin.Requests[requests[i].Target]);
        }
    }

    private static RequestBody WholeBody()
    {
        var body = new RequestBody(5, new ManualMailbox(), new CountingWriter(), new SegmentPool());
        body.Write("hello"u8);
        body.Complete();
        return body;
    }

    /// <summary>An origin whose first connection ends behind its first answer, and whose others stay.</summary>
    private WireOrigin EndingOrigin(OriginKind kind, bool resets, bool seesRequest) => new(kind, async (number, stream, end) =>
    {
        while (await WireOrigin.ReadHeadAsync(stream, end) is { } head)
        {
            _seen.Enqueue(head.Split(' ')[1]);
            var isHead = head.StartsWith("HEAD", StringComparison.Ordinal);
            await stream.WriteAsync(isHead ? Answer.AsMemory(0, Answer.Length - 2) : Answer, end);
            if (number > 0)
                continue;
            if (seesRequest)
                _seen.Enqueue((await WireOrigin.ReadHeadAsync(stream, end))!.Split(' ')[1]);
            stream.Socket.LingerState = new LingerOption(resets, 0);
            stream.Socket.Close();
            _ended.SetResult();
            return;
        }
    });
}
