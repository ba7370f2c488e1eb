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
    [InlineData(Sized, 1)]
    [InlineData(Sized, 3)]
    [InlineData(Sized, 100)]
    [InlineData(Chunked, 1)]
    [InlineData(Chunked, 3)]
    [InlineData(Chunked, 100)]
    [InlineData(UntilClose, 3)]
    public async Task A_body_fills_room_of_every_size(string answer, int room)
    {
        await using var origin = WireOrigin.Answering(answer);
        var sink = new RecordingSink(roomMaximum: room);
        origin.Origin.Start(Get(), sink);
        Assert.Equal(OriginFailure.None, await sink.End);
        Assert.Equal("0123456789", sink.Body);
    }

    [Theory]
    [InlineData(Sized)]
    [InlineData(Chunked)]
    [InlineData(UntilClose)]
    public async Task A_sink_that_wants_no_more_ends_the_request(string answer)
    {
        await using var origin = WireOrigin.Answering(answer);
        var sink = new RecordingSink(refuseAfter: 3, roomMaximum: 3);
        origin.Origin.Start(Get(), sink);
        Assert.Equal(OriginFailure.Cancelled, await sink.End);
        Assert.Equal("012", sink.Body);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n")]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n")]
    public async Task An_answer_without_a_body_asks_for_no_room(string answer)
    {
        await using var origin = WireOrigin.Answering(answer, closes: false);
        for (var i = 0; i < 2; i++)
        {
            var sink = new RecordingSink();
            origin.Origin.Start(Get(), sink);
            Assert.Equal(OriginFailure.None, await sink.End);
            Assert.Equal(0, sink.Reservations);
        }

        Assert.Equal(1, origin.Connections);
    }

    [Fact]
    public async Task An_origin_that_is_silent_behind_its_head_holds_no_room()
    {
        await using var origin = Saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
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

    [Fact]
    public async Task A_request_that_is_given_up_in_a_read_gives_its_room_back()
    {
        await using var origin = Saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012");
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RecordingSink? sink = null;
        sink = new RecordingSink
        {
            OnReserve = () =>
            {
                if (sink!.Body.Length == 3)
                    second.SetResult();
            },
        };
        var request = Get();
        origin.Origin.Start(request, sink);
        await second.Task;
        request.Cancel();
        Assert.Equal(OriginFailure.Cancelled, await sink.End);
        Assert.Equal("012", sink.Body);
    }

    /// <summary>An origin that says so much and then keeps the connection.</summary>
    private static WireOrigin Saying(string beginning) => new(async (_, stream, end) =>
    {
        await WireOrigin.ReadHeadAsync(stream, end);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(beginning), end);
        await WaitForEndAsync(stream, end);
    });

    private static async Task WaitForEndAsync(NetworkStream stream, CancellationToken end)
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
