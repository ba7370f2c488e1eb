using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Answers that go on arriving when their last reader has left.</summary>
public sealed class UnreadAnswerTests : IDisposable
{
    private const int Limit = 1000;

    private FetchScene _scene = new(unreadBytes: Limit);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void One_that_cannot_be_stored_leaves_the_origin_at_once()
    {
        var ticket = Begin("Cache-Control: no-store");
        Deliver(10);
        Assert.False(_scene.Origin.IsCancelled(0));

        Leave(ticket);

        Assert.True(_scene.Origin.IsCancelled(0));
    }

    [Fact]
    public void One_that_may_be_stored_goes_on_for_so_many_bytes_and_leaves_the_origin_then()
    {
        var ticket = Begin("Cache-Control: max-age=60");
        Deliver(Limit * 3);
        Leave(ticket);

        Deliver(Limit);
        Assert.False(_scene.Origin.IsCancelled(0));
        Deliver(1);

        Assert.True(_scene.Origin.IsCancelled(0));
        _scene.Client.Ask("/object/a");
        Assert.Equal(2, _scene.Origin.Sinks.Count);
    }

    [Fact]
    public void One_that_ends_before_is_stored()
    {
        var ticket = Begin("Cache-Control: max-age=60");
        Leave(ticket);

        Deliver(Limit);
        _scene.Origin.Sinks[0].OnEnd();

        Assert.False(_scene.Origin.IsCancelled(0));
        Assert.Equal(Limit, _scene.Find("/object/a")!.Response.Body.TotalLength);
    }

    [Fact]
    public void A_reader_that_comes_meanwhile_joins_it_and_the_bytes_count_from_when_it_has_left()
    {
        var first = Begin("Cache-Control: max-age=60");
        Leave(first);
        Deliver(Limit);

        var second = _scene.Client.Ask("/object/a");
        Deliver(Limit * 2);
        Assert.Equal(Limit * 3, second.Response!.Body.Available);
        Leave(second);
        Deliver(Limit);
        Assert.False(_scene.Origin.IsCancelled(0));
        Deliver(1);

        Assert.True(_scene.Origin.IsCancelled(0));
        Assert.Single(_scene.Origin.Sinks);
    }

    [Fact]
    public void One_whose_reader_left_before_the_head_came_goes_on_for_so_many_bytes()
    {
        _scene.Client.Ask("/object/a").Leave();
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));

        Deliver(Limit);
        Assert.False(_scene.Origin.IsCancelled(0));
        Deliver(1);

        Assert.True(_scene.Origin.IsCancelled(0));
    }

    [Fact]
    public void Without_any_bytes_the_origin_is_left_with_the_last_reader()
    {
        _scene.Dispose();
        _scene = new FetchScene(unreadBytes: 0);
        var (first, second) = (Begin("Cache-Control: max-age=60"), _scene.Client.Ask("/object/a"));
        Leave(first);
        Assert.False(_scene.Origin.IsCancelled(0));

        Leave(second);

        Assert.True(_scene.Origin.IsCancelled(0));
    }

    [Fact]
    public void Among_more_fetches_than_may_go_on_unwatched_the_origin_is_left_with_the_last_reader()
    {
        _scene.Dispose();
        _scene = new FetchScene(unreadBytes: Limit, unwatched: 1);
        var ticket = Begin("Cache-Control: max-age=60");
        _scene.Client.Ask("/object/b");

        Leave(ticket);

        Assert.Equal((true, false), (_scene.Origin.IsCancelled(0), _scene.Origin.IsCancelled(1)));
    }

    [Fact]
    public void One_that_was_forgotten_meanwhile_leaves_the_origin_with_its_last_reader()
    {
        var ticket = Begin("Cache-Control: max-age=60");
        _scene.Table.Clear();

        Leave(ticket);

        Assert.True(_scene.Origin.IsCancelled(0));
    }

    [Fact]
    public void A_refresh_in_the_background_is_brought_to_its_end()
    {
        _scene.Store([], "Cache-Control: max-age=0, stale-while-revalidate=600", "ETag: \"1\"");
        var stored = _scene.Find("/object/a")!;
        Assert.True(_scene.Table.Claim(stored));
        var request = Messages.RequestTo("a", "/object/a", "GET");
        _scene.Table.Refresh(_scene.Client.Home, request, new ForwardedClient("127.0.0.1", IsTls: false), stored);
        _scene.Origin.Sinks[1].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));

        Assert.Equal((false, 2), Upstream());
        _scene.Origin.Sinks[1].Deliver(new byte[Limit * 2]);
        _scene.Origin.Sinks[1].OnEnd();

        Assert.Equal((false, 2), Upstream());
        Assert.Equal(Limit * 2, _scene.Find("/object/a")!.Response.Body.TotalLength);
    }

    private (bool IsCancelled, int Requests) Upstream() => (_scene.Origin.IsCancelled(1), _scene.Origin.Sinks.Count);

    private FetchTicket Begin(string field)
    {
        var ticket = _scene.Client.Ask("/object/a");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, field));
        return ticket;
    }

    private void Deliver(int count) => _scene.Origin.Sinks[0].Deliver(new byte[count]);

    private void Leave(FetchTicket ticket)
    {
        var response = ticket.TakeResponse()!;
        response.Body.RemoveReader(_scene.Client);
        response.Release();
    }
}
