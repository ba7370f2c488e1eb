using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Many clients that reload what is stored (RFC 9111, section 5.2.1): each gets an answer made after it asked, and the origin
/// few requests.</summary>
public sealed class ReloadStormTests
{
    public static TheoryData<string> Demands =>
        ["Cache-Control: no-cache", "Cache-Control: max-age=0", "Pragma: no-cache", "Cache-Control: min-fresh=90"];

    [Theory]
    [MemberData(nameof(Demands))]
    public void Those_who_reload_while_an_answer_is_made_share_the_next(string demand)
    {
        using var scene = new FetchScene();
        scene.Store([], "Cache-Control: max-age=60");
        scene.Time.Advance(1);
        var first = scene.Client.Ask("/object/a", demand);
        var others = Enumerable.Range(0, 39).Select(_ => scene.Client.Ask("/object/a", demand)).ToArray();
        Assert.Equal(2, scene.Table.Started);

        scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60"), "first");
        Assert.Equal(5, first.Response!.Body.TotalLength);
        Assert.All(others, ticket => Assert.Null(ticket.Response));
        scene.Origin.Answer(2, Messages.Response(200, "Cache-Control: max-age=60"), "others");

        Assert.All(others, ticket => Assert.Equal(6, ticket.Response!.Body.TotalLength));
        Assert.Equal(3, scene.Table.Started);
        Assert.Equal(CacheReason.Stored, others[0].Note.Store);
    }

    [Fact]
    public void Those_who_forbid_storing_share_as_others_do_and_nothing_of_it_is_stored()
    {
        using var scene = new FetchScene();
        var tickets = Enumerable.Range(0, 40).Select(_ => scene.Client.Ask("/object/a", "Cache-Control: no-cache, no-store")).ToArray();
        for (var i = 0; i < 2; i++)
            scene.Origin.Answer(i, Messages.Response(200, "Cache-Control: max-age=60"), "answer");
        Assert.All(tickets, ticket => Assert.Equal(6, ticket.Response!.Body.TotalLength));
        Assert.Equal(2, scene.Table.Started);
        Assert.Null(scene.Find());
        foreach (var ticket in tickets)
        {
            ticket.Response!.Body.RemoveReader(scene.Client);
            ticket.Response.Release();
        }

        Assert.Equal(0, scene.RentedSegments);
    }

    [Fact]
    public void One_that_forbids_storing_leaves_what_is_stored_and_joins_what_is_asked_for_others()
    {
        using var scene = new FetchScene();
        scene.Store([], "Cache-Control: max-age=60", "ETag: \"1\"");
        scene.Time.Advance(90);
        scene.Client.Ask("/object/a", "Cache-Control: no-store");
        scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60", "ETag: \"2\""), "other");
        Assert.Equal("\"1\"", Messages.Field(scene.Find()!.Head, "ETag"));
        scene.Client.Ask("/object/a");
        var joined = scene.Client.Ask("/object/a", "Cache-Control: no-store");
        scene.Origin.Answer(2, Messages.Response(200, "Cache-Control: max-age=60", "ETag: \"2\""), "other");
        Assert.Equal((200, 3L), (joined.Response!.Status, scene.Table.Started));
        Assert.Equal("\"2\"", Messages.Field(scene.Find()!.Head, "ETag"));
    }

    [Fact]
    public void Among_those_who_share_the_next_one_that_lets_it_be_stored_asks()
    {
        using var scene = new FetchScene();
        scene.Client.Ask("/object/a");
        foreach (var control in new[] { "no-cache, no-store", "no-cache" })
            scene.Client.Ask("/object/a", "Cache-Control: " + control);
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "first");
        scene.Origin.Answer(1, Messages.Response(200, "Cache-Control: max-age=60"), "next");
        Assert.Equal((4L, 2L), (scene.Find()!.Response.Body.TotalLength, scene.Table.Started));
    }

    [Fact]
    public void A_Date_that_the_proxy_has_added_shows_nothing()
    {
        using var scene = new FetchScene();
        scene.Client.Ask("/object/a");
        scene.Time.Advance(1);
        scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        scene.Time.Advance(2);
        var head = Messages.Response(200, "Cache-Control: max-age=60", "Date: " + Messages.Date(scene.Time.Seconds));
        head.LacksDate = true;
        scene.Origin.Sinks[0].OnHead(head);
        Assert.Equal(2, scene.Table.Started);
    }

    [Fact]
    public void The_next_is_asked_for_with_the_validator_of_what_the_first_confirmed()
    {
        using var scene = new FetchScene();
        scene.Store([], "Cache-Control: max-age=60", "ETag: \"1\"");
        var tickets = Enumerable.Range(0, 40).Select(_ => scene.Client.Ask("/object/a", "Cache-Control: no-cache")).ToArray();
        scene.Origin.Answer(1, Messages.Response(304, "Cache-Control: max-age=60", "ETag: \"1\""));
        Assert.Equal("\"1\"", scene.Origin.Field(2, "If-None-Match"));
        scene.Origin.Answer(2, Messages.Response(304, "Cache-Control: max-age=60", "ETag: \"1\""));
        Assert.All(tickets, ticket => Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome));
        Assert.Equal(3, scene.Table.Started);
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(1, 1, 2)]
    [InlineData(0, 0, 2)]
    [InlineData(1, 9, 2)]
    public void A_Date_later_than_their_second_shows_that_the_answer_was_made_since(int joinedAfter, int dateAfter, int requests)
    {
        using var scene = new FetchScene();
        var start = scene.Time.Seconds;
        scene.Client.Ask("/object/a");
        scene.Time.Advance(joinedAfter);
        scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        scene.Time.Advance(3 - joinedAfter);
        scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60", "Date: " + Messages.Date(start + dateAfter)));
        Assert.Equal(requests, scene.Table.Started);
    }

    [Theory]
    [InlineData("Cache-Control: max-age=5", 1)]
    [InlineData("Cache-Control: max-age=1", 2)]
    [InlineData("Cache-Control: min-fresh=50", 1)]
    [InlineData("Cache-Control: min-fresh=90", 2)]
    public void A_demand_that_the_answer_meets_by_any_reading_needs_no_other(string demand, int requests)
    {
        using var scene = new FetchScene();
        scene.Client.Ask("/object/a");
        scene.Time.Advance(2);
        scene.Client.Ask("/object/a", demand);
        scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        Assert.Equal(requests, scene.Table.Started);
    }

    [Fact]
    public void A_reload_after_the_head_asks_at_once_and_the_reloads_after_it_wait_for_its_answer()
    {
        using var scene = new FetchScene();
        scene.Client.Ask("/object/a");
        scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
        for (var i = 0; i < 10; i++)
            scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        Assert.Equal(2, scene.Table.Started);
    }

    [Theory]
    [MemberData(nameof(Demands))]
    [InlineData("Cache-Control: no-cache, no-store")]
    [InlineData("Cache-Control: no-store")]
    public void Honoured_each_demand_is_a_request_of_its_own(string demand)
    {
        using var scene = new FetchScene(new CachePolicy { ClientControl = ClientCacheControl.Honour });
        scene.Store([], "Cache-Control: max-age=60");
        scene.Time.Advance(1);
        for (var i = 0; i < 5; i++)
            scene.Client.Ask("/object/a", demand);
        Assert.Equal(6, scene.Table.Started);
    }

    [Theory]
    [MemberData(nameof(Demands))]
    [InlineData("Cache-Control: no-store")]
    public void Ignored_it_is_answered_as_if_it_were_not_there(string demand)
    {
        using var scene = new FetchScene(new CachePolicy { ClientControl = ClientCacheControl.Ignore });
        scene.Store([demand], "Cache-Control: max-age=60");
        Assert.Equal(CacheOutcome.Hit, scene.Client.Ask("/object/a", demand).Note.Outcome);
    }
}
