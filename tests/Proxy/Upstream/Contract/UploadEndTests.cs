using System.Net.Sockets;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>A request's body on its way to an origin that ends in each way there is. None leaves memory behind.</summary>
public sealed class UploadEndTests : IDisposable
{
    // More than the sockets hold on their way, so that an origin which doesn't read stops the upload.
    private const int Length = 64_000_000;
    private const int ShortLength = 1_000_000;

    private static readonly byte[] Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8.ToArray();

    private readonly SegmentPool _pool = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _pool.Dispose();

    [Theory]
    [EachOrigin]
    public async Task An_origin_that_takes_all_gets_the_whole_body(OriginKind kind)
    {
        var received = 0;
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            received = await ReadAsync(stream, ShortLength, end);
            await stream.WriteAsync(Answer, end);
            await WireOrigin.ReadHeadAsync(stream, end);
        });

        Assert.Equal(OriginFailure.None, await UploadAsync(origin, new FeedingWriter(_pool, ShortLength)));

        Assert.Equal(ShortLength, received);
    }

    [Theory]
    [EachOrigin]
    public async Task A_client_that_breaks_off_ends_the_request(OriginKind kind)
    {
        await using var origin = HoldingOrigin(kind, reads: int.MaxValue);
        var client = new FeedingWriter(_pool, ShortLength, stopsAt: 300_000);
        var ended = UploadAsync(origin, client);

        await client.Stopped;
        client.Body.Abort();

        Assert.Equal(OriginFailure.ClientBodyFailed, await ended);
    }

    [Theory]
    [EachOrigin(0, true)]
    [EachOrigin(0, false)]
    [EachOrigin(100_000, true)]
    [EachOrigin(100_000, false)]
    public async Task An_origin_that_ends_its_connection_has_given_no_answer(OriginKind kind, int reads, bool resets)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await ReadAsync(stream, reads, end);
            stream.Socket.LingerState = new LingerOption(resets, 0);
            stream.Socket.Close();
        });

        Assert.Equal(OriginFailure.NoResponse, await UploadAsync(origin, new FeedingWriter(_pool, Length)));
    }

    [Theory]
    [EachOrigin]
    public async Task An_origin_that_takes_no_more_is_given_up(OriginKind kind)
    {
        await using var origin = HoldingOrigin(kind, reads: 0, options => options with { ResponseTimeout = TimeSpan.FromMilliseconds(50) });

        Assert.Equal(OriginFailure.ResponseTimeout, await UploadAsync(origin, new FeedingWriter(_pool, Length)));
    }

    [Theory]
    [EachOrigin(int.MaxValue, 300_000)]
    [EachOrigin(0, int.MaxValue)]
    public async Task A_request_that_is_given_up_ends_whichever_side_it_waits_for(OriginKind kind, int originReads, int clientStopsAt)
    {
        await using var origin = HoldingOrigin(kind, originReads);
        var client = new FeedingWriter(_pool, Length, clientStopsAt);
        var request = OriginRequests.Create("/", KnownMethod.Post, client.Body);
        var ended = UploadAsync(origin, client, request);
        await _asked.Task;

        request.Cancel();

        Assert.Equal(OriginFailure.Cancelled, await ended);
    }

    [Theory]
    [EachOrigin]
    public async Task Without_memory_no_request_is_whole_and_the_origin_is_not_blamed(OriginKind kind)
    {
        using var none = new SegmentPool(limitBytes: 0);
        await using var origin = HoldingOrigin(kind, reads: int.MaxValue);

        Assert.Equal(OriginFailure.Fault, await UploadAsync(origin, new FeedingWriter(none, ShortLength)));
    }

    private async Task<OriginFailure> UploadAsync(WireOrigin origin, FeedingWriter client, OriginRequest? request = null)
    {
        client.OnRoom();
        var failure = await origin.Send(request ?? OriginRequests.Create("/", KnownMethod.Post, client.Body)).End;
        // The stream may still be at what it was given when the sink has heard of the end.
        Assert.True(SpinWait.SpinUntil(() => _pool.RentedSegments == 0, TimeSpan.FromMinutes(1)));
        client.Body.Abort();
        return failure;
    }

    /// <summary>An origin that reads so many bytes of a body and does nothing more.</summary>
    private WireOrigin HoldingOrigin(OriginKind kind, int reads, Func<OriginOptions, OriginOptions>? change = null) => new(
        kind,
        async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            _asked.SetResult();
            await ReadAsync(stream, reads, end);
            await Task.Delay(Timeout.Infinite, end);
        },
        change);

    /// <returns>Bytes read: fewer than <paramref name="count"/> where the client ends before.</returns>
    private static async Task<int> ReadAsync(Stream stream, int count, CancellationToken end)
    {
        var read = 0;
        var buffer = new byte[64 * 1024];
        while (read < count && await stream.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, count - read)), end) is > 0 and var more)
            read += more;
        return read;
    }
}
