using System.Globalization;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Many clients with credentials of their own before an origin that answers with errors: few requests ask it, and the errors of a
/// few clients reach no others.</summary>
public sealed class CredentialedHerdTests : IDisposable
{
    private const string Page = "Cache-Control: max-age=60";

    private readonly FetchScene _scene = new(new CachePolicy());

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(500, "GET", "Cookie: a")]
    [InlineData(503, "GET", "Cookie: a")]
    [InlineData(503, "HEAD", "Cookie: a")]
    [InlineData(503, "GET", "X-Api-Key: a")]
    [InlineData(599, "HEAD", "DPoP: a")]
    public void Forty_clients_are_two_requests(int status, string method, string field)
    {
        for (var round = 0; round < 2; round++)
        {
            var tickets = Ask(40, field, method);
            _scene.Origin.Answer(2 * round, Messages.Response(status), "error");
            _scene.Origin.Answer((2 * round) + 1, Messages.Response(status), "error");
            Assert.All(tickets[..2], ticket => Assert.Equal(status, ticket.Response!.Status));
            Assert.All(tickets[2..], ticket => Assert.Equal(OriginFailure.InTrouble, ticket.Failure));
            Assert.Equal(2 * (round + 1), _scene.Table.Started);
        }

        Assert.Equal(0, _scene.Table.Joinable);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void An_origin_that_has_recovered_answers_the_others_together(string method)
    {
        var tickets = Ask(40, "Cookie: a", method);
        _scene.Origin.Answer(0, Messages.Response(503), "error");
        _scene.Origin.Answer(1, Messages.Response(200, Page), "page");
        Assert.All(tickets[1..], ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData("Cache-Control: private")]
    [InlineData("Cache-Control: no-store")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Vary: *")]
    public void A_second_error_for_one_client_reaches_that_one_and_the_others_get_the_proxys_own(string field)
    {
        var tickets = Ask(40);
        _scene.Origin.Answer(0, Messages.Response(500, field), "mine");
        _scene.Origin.Answer(1, Messages.Response(500, field), "mine");
        Assert.All(tickets[..2], ticket => Assert.Equal(500, ticket.Response!.Status));
        Assert.All(tickets[2..], ticket => Assert.Equal(OriginFailure.InTrouble, ticket.Failure));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData("GET", 0)]
    [InlineData("GET", 1)]
    [InlineData("HEAD", 0)]
    [InlineData("HEAD", 1)]
    public void Broken_sessions_lead_none_of_the_many_who_send_others(string method, int last)
    {
        _scene.Chance = count => last * (count - 1);
        var broken = Ask(4, "Cookie: broken", method);
        var others = Ask(10, "Cookie: _ga", method);
        _scene.Origin.Answer(0, Messages.Response(500), "broken");
        Assert.StartsWith("_ga=", _scene.Origin.Field(1, "Cookie"), StringComparison.Ordinal);
        _scene.Origin.Answer(1, Messages.Response(200, Page), "page");
        Assert.All(broken[1..].Concat(others), ticket => Assert.Equal(200, ticket.Response!.Status));
    }

    [Fact]
    public void Those_who_come_during_the_second_round_are_not_given_its_error_and_ask_together()
    {
        Ask(3);
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        var joined = Ask(10, "Cookie: b");
        _scene.Origin.Answer(1, Messages.Response(500), "error");
        Assert.All(joined, ticket => Assert.False(ticket.IsAnswered));
        Assert.Equal(3, _scene.Table.Started);
        _scene.Origin.Answer(2, Messages.Response(500), "error");
        Assert.Equal(500, joined[0].Response!.Status);
        Assert.All(joined[1..], ticket => Assert.Equal(OriginFailure.InTrouble, ticket.Failure));
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void One_without_credentials_who_comes_then_leads_those_who_came_with_it()
    {
        Ask(3);
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        var joined = Ask(10, "Cookie: b");
        var without = _scene.Client.Ask("/a");
        _scene.Origin.Answer(1, Messages.Response(500), "error");
        Assert.Null(_scene.Origin.Field(2, "Cookie"));
        _scene.Origin.Answer(2, Messages.Response(503), "for all");
        Assert.All(joined.Append(without), ticket => Assert.Equal(503, ticket.Response!.Status));
        Assert.Equal(3, _scene.Table.Started);
    }

    [Fact]
    public void Those_with_HEAD_are_not_given_the_error_of_a_GET_that_led_because_no_other_could()
    {
        Ask(2, "Cookie: broken");
        var others = Ask(10, "Cookie: _ga", "HEAD");
        _scene.Origin.Answer(0, Messages.Response(500), "broken");
        // Nor do they wait for one GET after the other.
        Ask(2, "Cookie: broken");
        _scene.Origin.Answer(1, Messages.Response(500), "broken");
        Assert.Equal(4, _scene.Table.Started);
        Assert.StartsWith("_ga=", _scene.Origin.Field(2, "Cookie"), StringComparison.Ordinal);
        _scene.Origin.Answer(2, Messages.Response(200, Page));
        Assert.All(others, ticket => Assert.Equal(200, ticket.Response!.Status));
    }

    [Fact]
    public void No_address_leads_behind_its_own_error_while_another_waits()
    {
        _scene.Client.Address = "192.0.2.1";
        Ask(30);
        _scene.Client.Address = "192.0.2.2";
        _scene.Client.Ask("/a", "Cookie: b=1");
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        Assert.Equal("192.0.2.2", _scene.Origin.Field(1, "X-Real-IP"));
    }

    [Fact]
    public void Many_sessions_of_one_address_behind_a_trusted_proxy_have_one_chance()
    {
        var chances = new List<int>();
        _scene.Chance = count =>
        {
            chances.Add(count);
            return count - 1;
        };
        _scene.Client.IsTrusted = true;
        Ask("192.0.2.100", 0);
        foreach (var i in Enumerable.Range(0, 30))
            Ask($"198.51.100.{i}, 192.0.2.1", i);
        foreach (var i in Enumerable.Range(2, 9))
            Ask($"192.0.2.{i}", i);
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        Assert.Equal([10, 1], chances);
        Assert.Equal("192.0.2.10, 127.0.0.1", _scene.Origin.Field(1, "X-Forwarded-For"));

        void Ask(string address, int i) => _scene.Client.Send("/a", "GET", $"X-Forwarded-For: {address}", $"Cookie: a={i}");
    }

    [Fact]
    public void A_client_that_has_left_before_the_drawing_is_not_drawn()
    {
        var tickets = Ask(5);
        tickets[1].Leave();
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        Assert.Equal("a=2", _scene.Origin.Field(1, "Cookie"));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public void A_drawn_client_that_leaves_at_once_has_the_others_answered_all_the_same(int status)
    {
        var tickets = Ask(5);
        _scene.Chance = _ =>
        {
            tickets[1].Leave();
            return 0;
        };
        _scene.Origin.Answer(0, Messages.Response(500), "error");
        _scene.Origin.Answer(1, Messages.Response(status, status == 200 ? Page : "X-None: 1"), "answer");
        Assert.All(tickets[2..], ticket => Assert.True(ticket.IsAnswered));
        Assert.Equal((2, 0), (_scene.Table.Started, _scene.Table.InFlight));
    }

    [Fact]
    public void A_drawing_that_all_leave_ends_with_its_request()
    {
        var tickets = Ask(3, method: "HEAD");
        _scene.Chance = _ =>
        {
            Array.ForEach(tickets[1..], static ticket => ticket.Leave());
            return 0;
        };
        _scene.Origin.Answer(0, Messages.Response(500));
        Assert.True(_scene.Origin.IsCancelled(1));
        _scene.Origin.Sinks[1].OnFailed(OriginFailure.Cancelled);
        Assert.Equal((0, 0, 0), (_scene.Table.InFlight, _scene.Table.Joinable, _scene.Table.Subscribers));
    }

    private FetchTicket[] Ask(int count, string field = "Cookie: a", string method = "GET") =>
        [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))
            .Select(number => _scene.Client.Ask("/a", $"{field}={number}", method))];
}
