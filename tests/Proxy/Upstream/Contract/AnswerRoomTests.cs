using System.Net.Sockets;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>Answers whose bodies go into the room that the sink gives. The sink sees at the end that no room is left.</summary>
public sealed class AnswerRoomTests
{
    private const string Sized = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n";
    private const string UntilClose = "HTTP/1.1 200 OK\r\n\r\n0123456789";

    [Theory]
    [EachOrigin(Sized, 1)]
    [EachOrigin(Sized, 3)]
    [EachOrigin(Sized, 100)]
    [EachOrigin(Chunked, 1)]
    [EachOrigin(Chunked, 3)]
    [EachOrigin(Chunked, 100)]
    [EachOrigin(UntilClose, 3)]
    public async Task A_body_fills_room_of_every_size(OriginKind kind, string answer, int room)
    {
        await using var origin = WireOrigin.Answering(kind, answer);
        var sink = new RecordingSink(roomMaximum: room);
        origin.Origin.Start(Get(), sink);
        Assert.Equal(OriginFailure.None, await sink.End);
        Assert.Equal("0123456789", sink.Body);
    }

    [Theory]
    [EachOrigin(Sized)]
    [EachOrigin(Chunked)]
    [EachOrigin(UntilClose)]
    public async Task A_sink_that_wants_no_more_ends_the_request(OriginKind kind, string answer)
    {
        await using var origin = WireOrigin.Answering(kind, answer);
        var sink = new RecordingSink(refuseAfter: 3, roomMaximum: 3);
        origin.Origin.Start(Get(), sink);
        Assert.Equal(OriginFailure.Cancelled, await sink.End);
        Assert.Equal("012", sink.Body);
    }

    [Theory]
    [EachOrigin("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [EachOrigin("HTTP/1.1 204 No Content\r\n\r\n")]
    [EachOrigin("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n")]
    public async Task An_answer_without_a_body_asks_for_no_room(OriginKind kind, string answer)
    {
        await using var origin = WireOrigin.Answering(kind, answer, closes: false);
        for (var i = 0; i < 2; i++)
        {
            var sink = new RecordingSink();
            origin.Origin.Start(Get(), sink);
            Assert.Equal(OriginFailure.None, await sink.End);
            Assert.Equal(0, sink.Reservations);
        }

        Assert.Equal(1, origin.Connections);
    }

    [Theory]
    [EachOrigin]
    public async Task An_origin_that_is_silent_behind_its_head_holds_no_room(OriginKind kind)
    {
        await using var origin = Saying(kind, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        var isGivenUp = false;
        var reservedBefore = false;
        var sink = new RecordingSink { OnReserve = () => reservedBefore |= !Volatile.Read(ref isGivenUp) };
        var request = Get();
        origin.Origin.Start(request, sink);
        await sink.Headed;
        Volatile.Write(ref isGivenUp, true);
        request.Cancel();
        Assert.Equal(OriginFailure.Cancelled, await sink.End);
        Assert.False(reservedBefore);
    }

    [Theory]
    [EachOrigin]
    public async Task A_request_that_is_given_up_in_a_read_gives_its_room_back(OriginKind kind)
    {
        // Long enough for an implementation that takes little bytes by other ways than into the sink's room.
        var block = new byte[8192];
        var sent = 0;
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingSink? sink = null;
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"u8.ToArray(), end);
            while (!reading.Task.IsCompleted && sent < 1_000_000 - block.Length)
            {
                Volatile.Write(ref sent, sent + block.Length);
                await stream.WriteAsync(block, end);
                Assert.True(SpinWait.SpinUntil(() => sink!.Body.Length == sent, TimeSpan.FromMinutes(1)));
            }

            await WaitForEndAsync(stream, end);
        });
        sink = new RecordingSink
        {
            // Room behind all that was sent is for a read that waits.
            OnReserve = () =>
            {
                if (sink!.Body.Length == Volatile.Read(ref sent))
                    reading.TrySetResult();
            },
        };
        var request = Get();
        origin.Origin.Start(request, sink);
        await reading.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        request.Cancel();
        Assert.Equal(OriginFailure.Cancelled, await sink.End);
    }

    /// <summary>An origin that says so much and then keeps the connection.</summary>
    private static WireOrigin Saying(OriginKind kind, string beginning) => new(kind, async (_, stream, end) =>
    {
        await WireOrigin.ReadHeadAsync(stream, end);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), end);
        await WaitForEndAsync(stream, end);
    });

    private static async Task WaitForEndAsync(Stream stream, CancellationToken end)
    {
        try
        {
            await stream.ReadExactlyAsync(new byte[1], end);
        }
        catch (IOException)
        {
            // The proxy has closed the connection, which is all that was waited for.
        }
    }

    private static OriginRequest Get()
    {
        var fields = new FieldTable();
        fields.Add("Host"u8, "origin"u8);
        return new OriginRequest { Method = KnownMethod.Get, MethodText = "GET"u8.ToArray(), Target = "/"u8.ToArray(), Fields = fields };
    }
}
