using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Bodies whose room is out while something happens to them.</summary>
public sealed class ReservedRoomTests : IDisposable
{
    private const int Large = 80_000;

    private readonly FetchScene _scene = new(arrivingBytes: 100_000);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Room_that_finds_the_budget_full_is_given_but_its_body_is_not_stored()
    {
        var first = Begin(_scene, "/object/a", Large);
        using var kept = Reserve(_scene, 0);
        var held = _scene.Table.Services.Arriving.Bytes;
        Assert.InRange(held, Large, 100_000);

        var second = Begin(_scene, "/object/b", Large);
        using var passed = Reserve(_scene, 1);

        Assert.Equal((false, true), (first.Response!.Body.IsWindowed, second.Response!.Body.IsWindowed));
        Assert.Equal(held, _scene.Table.Services.Arriving.Bytes);
        End(_scene, first, second);
        Assert.Equal(0, _scene.Table.Services.Arriving.Bytes);
    }

    [Fact]
    public void A_small_body_is_stored_however_full_the_budget_is()
    {
        var large = Begin(_scene, "/object/a", Large);
        using var room = Reserve(_scene, 0);
        var small = Begin(_scene, "/object/b", 60_000);
        _scene.Origin.Sinks[1].Deliver(new byte[60_000]);
        _scene.Origin.Sinks[1].OnEnd();
        Assert.NotNull(_scene.Find("/object/b"));
        Let(_scene, small);
        End(_scene, large);
    }

    [Fact]
    public void Room_while_memory_is_scarce_is_small_and_its_body_is_not_stored()
    {
        using var scene = new FetchScene(poolBytes: 0);
        var other = Begin(scene, "/object/a", 1000);
        using var some = Reserve(scene, 0, 1000);
        var large = Begin(scene, "/object/b", Large);
        using var room = Reserve(scene, 1);
        Assert.True(large.Response!.Body.IsWindowed);
        Assert.InRange(room.Length, 1, BodyWindow.ScarceBytes / 4);
        End(scene, other, large);
    }

    [Fact]
    public void A_reader_that_waits_is_told_when_its_body_outgrows_at_a_reservation()
    {
        using var scene = new FetchScene(poolBytes: 0);
        var other = Begin(scene, "/object/a", 1000);
        using var some = Reserve(scene, 0, 1000);
        var large = Begin(scene, "/object/b");
        var mailbox = new ManualMailbox(0);
        var subscription = large.Response!.Body.Subscribe(mailbox, scene.Client);
        Assert.True(scene.Origin.Sinks[1].TryReserve(Large, out var room));
        room.Dispose();
        Assert.Equal((true, 1), (large.Response.Body.IsWindowed, mailbox.Posts));
        Assert.True(subscription!.Remove(scene.Client));
        End(scene, other, large);
    }

    [Fact]
    public void A_fetch_that_is_given_up_in_a_read_leaves_the_room_its_memory()
    {
        var ticket = Begin(_scene, "/object/a", Large);
        var room = Reserve(_scene, 0);
        _scene.Origin.Sinks[0].OnFailed(OriginFailed.OfProxy(OriginFailure.Cancelled));
        Let(_scene, ticket);
        Assert.Equal((0, 1), (_scene.Table.Services.Arriving.Bytes, _scene.RentedSegments));
        room.Memory.Span.Fill(1);
        room.Dispose();
        Assert.Equal(0, _scene.RentedSegments);
    }

    [Fact]
    public void A_body_that_has_all_its_bytes_takes_no_more_and_gives_the_request_up()
    {
        var ticket = Begin(_scene, "/object/a", 5);
        _scene.Origin.Sinks[0].Deliver("12345"u8);
        Assert.False(_scene.Origin.IsCancelled(0));
        Assert.False(_scene.Origin.Sinks[0].TryReserve(1, out _));
        Assert.True(_scene.Origin.IsCancelled(0));
        Assert.True(ticket.Response!.Body.IsComplete);
        End(_scene, ticket);
    }

    [Fact]
    public void An_answer_that_was_refused_gets_no_room()
    {
        _scene.Client.Ask("/object/a");
        // Nobody has asked for a part.
        _scene.Origin.Sinks[0].OnHead(Messages.Response(206, "Content-Range: bytes 0-4/10"));
        Assert.False(_scene.Origin.Sinks[0].TryReserve(5, out _));
        Assert.True(_scene.Origin.IsCancelled(0));
        _scene.Origin.Sinks[0].OnFailed(OriginFailed.OfProxy(OriginFailure.Cancelled));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(null)]
    public void A_reservation_that_ends_empty_stores_what_came_before(int? length)
    {
        var ticket = Begin(_scene, "/object/a", length);
        var sink = _scene.Origin.Sinks[0];
        sink.Deliver(new byte[99]);
        Assert.True(sink.TryReserve(1, out var room));
        room.Dispose();
        Assert.Equal(OriginFlow.Continue, sink.Commit(0));
        sink.Deliver(new byte[1]);
        sink.OnEnd();
        Assert.Equal(100, _scene.Find("/object/a")!.Response.Body.TotalLength);
        Let(_scene, ticket);
    }

    private static FetchTicket Begin(FetchScene scene, string target, int? length = null)
    {
        var ticket = scene.Client.Ask(target);
        var head = Messages.Response(200, "Cache-Control: max-age=60");
        if (length is { } known)
            (head.Framing, head.ContentLength) = (BodyFraming.Length, known);
        scene.Origin.Sinks[^1].OnHead(head);
        return ticket;
    }

    private static SegmentRoom Reserve(FetchScene scene, int index, int wanted = IOriginSink.DataMaximum)
    {
        Assert.True(scene.Origin.Sinks[index].TryReserve(wanted, out var room));
        return room;
    }

    private static void Let(FetchScene scene, FetchTicket ticket)
    {
        ticket.Response!.Body.RemoveReader(scene.Client);
        ticket.Response.Release();
    }

    private static void End(FetchScene scene, params FetchTicket[] tickets)
    {
        foreach (var (index, ticket) in tickets.Index())
        {
            scene.Origin.Sinks[index].OnFailed(OriginFailed.OfProxy(OriginFailure.Cancelled));
            Let(scene, ticket);
        }
    }
}
