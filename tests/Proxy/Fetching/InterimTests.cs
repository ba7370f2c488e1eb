using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Interim responses of the origin (RFC 9110, section 15.2): who gets them, with which fields, and that nothing of them is
/// kept.</summary>
public sealed class InterimTests
{
    [Fact]
    public void All_who_wait_for_a_shared_fetch_get_an_interim_response_and_who_joins_later_gets_the_next()
    {
        using var scene = new FetchScene();
        var leader = scene.Client.Ask("/object/a");
        var second = scene.Client.Ask("/object/a");
        Send(scene, 0, 103, "Link: </one>");
        var third = scene.Client.Ask("/object/a");
        Send(scene, 0, 102);

        Assert.Single(scene.Origin.Sinks);
        Assert.Equal([103, 102], StatusesOf(scene, leader));
        Assert.Equal([103, 102], StatusesOf(scene, second));
        Assert.Equal([102], StatusesOf(scene, third));
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        Assert.Same(leader.Response, third.Response);
    }

    [Theory]
    // Of the leader's request, of one that waits, and of the interim response.
    [InlineData("Cookie: a=b", "A: b", "Link: </a>")]
    [InlineData("A: b", "Cookie: a=b", "Link: </a>")]
    [InlineData("A: b", "A: b", "Set-Cookie: a=b")]
    public void What_may_be_for_one_client_reaches_the_leader_alone(string leaders, string others, string field)
    {
        using var scene = new FetchScene();
        var leader = scene.Client.Ask("/object/a", leaders);
        var other = scene.Client.Ask("/object/a", others);

        Send(scene, 0, 103, field);

        Assert.Single(scene.Origin.Sinks);
        Assert.Equal([103], StatusesOf(scene, leader));
        Assert.Empty(StatusesOf(scene, other));
    }

    [Theory]
    [InlineData("POST", "A: b")]
    [InlineData("HEAD", "A: b")]
    [InlineData("GET", "Range: bytes=0-1")]
    [InlineData("GET", "Authorization: Basic x")]
    [InlineData("GET", "Cache-Control: no-store")]
    [InlineData("GET", "Cache-Control: no-cache")]
    public void Every_kind_of_request_gets_interim_responses_in_front_of_its_answer(string method, string field)
    {
        using var scene = new FetchScene();
        var ticket = scene.Client.Ask("/object/a", field, method);
        Send(scene, 0, 103, "Link: </a>");

        Assert.Equal([103], StatusesOf(scene, ticket));
        Assert.False(ticket.IsAnswered);
        scene.Origin.Sinks[0].OnFailed(OriginFailure.NoResponse);
        Assert.True(ticket.IsAnswered);
    }

    [Fact]
    public void Fields_of_the_connection_and_a_length_stay_behind_and_the_others_come_in_their_order()
    {
        using var scene = new FetchScene();
        scene.Client.Ask("/object/a");

        Send(
            scene, 0, 103, "Link: </b>", "Connection: X-Hop", "Content-Length: 5", "X-Hop: 1", "Transfer-Encoding: chunked",
            "Keep-Alive: timeout=5", "Upgrade: a", "link: </c>");

        Assert.Equal("Link: </b>\r\nlink: </c>\r\n", Lines(scene));
    }

    [Fact]
    public void URLs_of_the_origin_become_the_clients_and_what_a_rule_takes_away_or_sets_stays_behind()
    {
        var rule = new PathRule(new PathPattern("/object/"))
        {
            ResponseFields = new FieldChanges(["Server"], [new("X-Frame-Options", "deny")]),
        };
        var policy = new CachePolicy { Rules = new PathRules([rule]) };
        using var scene = new FetchScene(policy, router: new SingleOrigin(new OriginOptions { Host = "origin", Port = 80 }));
        scene.Client.Ask("/object/a");

        Send(
            scene, 0, 103, "Server: x", "X-Frame-Options: allow", "Link: <http://origin/b>", "Content-Location: http://origin/c");

        Assert.Equal("Link: <http://origin/b>\r\nContent-Location: http://a/c\r\n", Lines(scene));
    }

    [Fact]
    public void Nothing_of_an_interim_response_is_stored_or_told_with_the_answer()
    {
        using var scene = new FetchScene();
        var ticket = scene.Client.Ask("/object/a");
        Send(scene, 0, 103, "Link: </a>", "Cache-Control: max-age=10000", "ETag: \"1\"", "X: 1");
        Assert.Null(scene.Find());
        scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "Date: x"), "body");

        Assert.Equal("Cache-Control: max-age=60|Date: x", Messages.Describe(ticket.Response!.Head));
        Assert.Equal("Cache-Control: max-age=60|Date: x", Messages.Describe(scene.Find()!.Head));
    }

    [Fact]
    public void Who_was_answered_by_a_stale_response_gets_none_of_the_refresh_behind_it()
    {
        using var scene = new FetchScene();
        scene.Store([], "Cache-Control: max-age=60, stale-while-revalidate=60");
        scene.Time.Advance(70);
        var entry = scene.Find()!;
        Assert.True(scene.Table.Claim(entry));
        scene.Table.Refresh(scene.Client.Home, Messages.Request(), new("127.0.0.1", IsTls: false), entry);

        Send(scene, 1, 103, "Link: </a>");

        Assert.Empty(scene.Client.Interims);
    }

    [Fact]
    public void Who_has_left_gets_none()
    {
        using var scene = new FetchScene();
        var leader = scene.Client.Ask("/object/a");
        var other = scene.Client.Ask("/object/a");
        leader.Leave();

        Send(scene, 0, 103, "Link: </a>");

        Assert.Empty(StatusesOf(scene, leader));
        Assert.Equal([103], StatusesOf(scene, other));
    }

    private static void Send(FetchScene scene, int request, int status, params string[] fields) =>
        scene.Origin.Sinks[request].OnInterim(Messages.Response(status, fields));

    private static int[] StatusesOf(FetchScene scene, FetchTicket ticket) =>
        [.. scene.Client.Interims.Where(interim => interim.Ticket == ticket).Select(interim => interim.Response.Status)];

    private static string Lines(FetchScene scene) => Encoding.Latin1.GetString(Assert.Single(scene.Client.Interims).Response.Lines);
}
