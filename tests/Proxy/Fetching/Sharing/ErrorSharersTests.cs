using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>An error reaches nobody for whose request it says nothing: neither clients with credentials, nor other requests than those
/// that are refused.</summary>
public sealed class ErrorSharersTests : IDisposable
{
    private const string Page = "Cache-Control: max-age=60";

    private readonly FetchScene _scene = new(new CachePolicy());

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(404, "Cookie", "GET")]
    [InlineData(404, "X-Api-Key", "HEAD")]
    [InlineData(410, "Cookie", "GET")]
    [InlineData(451, "X-Api-Key", "GET")]
    public void A_client_with_credentials_is_not_given_the_error_of_one_without(int status, string field, string method)
    {
        var without = Enumerable.Range(0, 2).Select(_ => _scene.Client.Ask("/a", method: method)).ToArray();
        var with = Enumerable.Range(0, 5).Select(i => _scene.Client.Ask("/a", $"{field}: {i}", method)).ToArray();
        _scene.Origin.Answer(0, Messages.Response(status), "none");
        Assert.All(without, ticket => Assert.Equal(status, ticket.Response!.Status));
        AssertEachAsks(with, 1, field);
    }

    [Theory]
    [InlineData(400, "Cookie")]
    [InlineData(403, "X-Api-Key")]
    [InlineData(429, "Cookie")]
    public void Nor_the_second_error_of_those_without(int status, string field)
    {
        var without = Enumerable.Range(0, 3).Select(_ => _scene.Client.Ask("/a")).ToArray();
        var with = Enumerable.Range(0, 5).Select(i => _scene.Client.Ask("/a", $"{field}: {i}")).ToArray();
        _scene.Origin.Answer(0, Messages.Response(status), "none");
        _scene.Origin.Answer(1, Messages.Response(status), "none");
        Assert.All(without, ticket => Assert.Equal(status, ticket.Response!.Status));
        AssertEachAsks(with, 2, field);
    }

    [Fact]
    public void A_client_certificate_counts_as_credentials()
    {
        _scene.Client.Ask("/a");
        _scene.Client.HasCertificate = true;
        var with = _scene.Client.Ask("/a");
        _scene.Origin.Answer(0, Messages.Response(404), "none");
        Assert.Null(with.Response);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public void An_origin_in_trouble_is_in_trouble_for_those_with_credentials_too(int status)
    {
        _scene.Client.Ask("/a");
        var with = _scene.Client.Ask("/a", "Cookie: a=b");
        _scene.Origin.Answer(0, Messages.Response(status), "error");
        Assert.Equal(status, with.Response!.Status);
        Assert.Equal(1, _scene.Table.Started);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void Two_sessions_that_are_refused_answer_nobody_else(string method)
    {
        for (var i = 0; i < 2; i++)
            _scene.Client.Ask("/a", $"Cookie: a={i}", method);
        var others = Enumerable.Range(0, 10).Select(i => _scene.Client.Ask("/a", $"Cookie: a={i}", method)).ToArray();
        _scene.Origin.Answer(0, Messages.Response(400), "refused");
        _scene.Origin.Answer(1, Messages.Response(400), "refused");
        AssertEachAsks(others, 2, "Cookie");
    }

    [Fact]
    public void Broken_sessions_are_no_error_in_a_row_for_those_without_credentials()
    {
        for (var i = 0; i < 2; i++)
            _scene.Client.Ask("/a", $"Cookie: broken={i}");
        _scene.Origin.Answer(0, Messages.Response(500), "broken");
        // They join the second round, which has a session as broken.
        var joined = Enumerable.Range(0, 10).Select(_ => _scene.Client.Ask("/a")).ToArray();
        _scene.Origin.Answer(1, Messages.Response(500), "broken");
        Assert.Equal(3, _scene.Table.Started);
        Assert.Null(_scene.Origin.Field(2, "Cookie"));
        _scene.Origin.Answer(2, Messages.Response(503, "Cache-Control: private"), "for one");
        Assert.Equal(4, _scene.Table.Started);
        _scene.Origin.Answer(3, Messages.Response(200, Page), "page");
        Assert.All(joined[1..], ticket => Assert.Equal(200, ticket.Response!.Status));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public void The_second_round_is_led_by_one_of_those_who_ask_alike(string method)
    {
        for (var i = 0; i < 2; i++)
            _scene.Client.Ask("/a", "X-Bad: 1", method);
        var others = Enumerable.Range(0, 10).Select(_ => _scene.Client.Ask("/a", "X-Good: 1", method)).ToArray();
        _scene.Origin.Answer(0, Messages.Response(400), "bad");
        Assert.Null(_scene.Origin.Field(1, "X-Bad"));
        _scene.Origin.Answer(1, Messages.Response(200, Page), "page");
        Assert.All(others, ticket => Assert.Equal(200, ticket.Response!.Status));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(429)]
    [InlineData(431)]
    public void A_second_error_is_for_those_alone_who_ask_alike_and_each_other_form_asks_once(int status)
    {
        var bad = Enumerable.Range(0, 12).Select(_ => _scene.Client.Ask("/a", "X-Bad: 1")).ToArray();
        var good = Enumerable.Range(0, 10).Select(_ => _scene.Client.Ask("/a", "X-Good: 1")).ToArray();
        var other = Enumerable.Range(0, 5).Select(_ => _scene.Client.Ask("/a", "X-Other: 1")).ToArray();
        _scene.Origin.Answer(0, Messages.Response(status), "bad");
        _scene.Origin.Answer(1, Messages.Response(status), "bad");
        Assert.All(bad, ticket => Assert.Equal(status, ticket.Response!.Status));
        Assert.All(good.Concat(other), ticket => Assert.Null(ticket.Response));
        Assert.Equal(4, _scene.Table.Started);
        _scene.Origin.Answer(2, Messages.Response(200), "page");
        _scene.Origin.Answer(3, Messages.Response(status), "bad");
        Assert.Equal(200, good[0].Response!.Status);
        Assert.All(other, ticket => Assert.Equal(status, ticket.Response!.Status));
    }

    [Fact]
    public void Errors_of_one_address_are_not_given_to_another()
    {
        _scene.Client.Address = "192.0.2.1";
        for (var i = 0; i < 2; i++)
            _scene.Client.Ask("/a");
        _scene.Origin.Answer(0, Messages.Response(429), "slower");
        _scene.Client.Address = "192.0.2.2";
        var joined = _scene.Client.Ask("/a");
        _scene.Origin.Answer(1, Messages.Response(429), "slower");
        Assert.Null(joined.Response);
        Assert.Equal("192.0.2.2", _scene.Origin.Field(2, "X-Real-IP"));
        _scene.Origin.Answer(2, Messages.Response(200, Page), "page");
        Assert.Equal(200, joined.Response!.Status);
    }

    [Fact]
    public void Another_address_leads_the_second_round_where_there_is_one()
    {
        _scene.Client.Address = "192.0.2.1";
        for (var i = 0; i < 2; i++)
            _scene.Client.Ask("/a");
        _scene.Client.Address = "192.0.2.2";
        _scene.Client.Ask("/a");
        _scene.Origin.Answer(0, Messages.Response(403), "blocked");
        Assert.Equal("192.0.2.2", _scene.Origin.Field(1, "X-Real-IP"));
    }

    [Theory]
    [InlineData("2001:db8::")]
    [InlineData("2001:db8:0:1::")]
    public void Errors_to_two_addresses_of_one_network_are_for_that_network(string network)
    {
        _scene.Client.Address = network + "1";
        _scene.Client.Ask("/a");
        var same = Enumerable.Range(2, 10).Select(i =>
        {
            _scene.Client.Address = $"{network}{i:x}";
            return _scene.Client.Ask("/a");
        }).ToArray();
        _scene.Origin.Answer(0, Messages.Response(403), "blocked");
        _scene.Client.Address = "2001:db8:0:2::1";
        var other = _scene.Client.Ask("/a");
        _scene.Origin.Answer(1, Messages.Response(403), "blocked");
        Assert.All(same, ticket => Assert.Equal(403, ticket.Response!.Status));
        Assert.Null(other.Response);
        _scene.Origin.Answer(2, Messages.Response(200, Page), "page");
        Assert.Equal(200, other.Response!.Status);
    }

    [Theory]
    [InlineData(403, "Set-Cookie: a=b")]
    [InlineData(429, "Cache-Control: private")]
    [InlineData(400, "Cache-Control: no-store")]
    public void A_second_error_in_a_row_that_is_for_one_client_has_each_of_the_others_ask_at_once(int status, string field)
    {
        var tickets = Enumerable.Range(0, 10).Select(_ => _scene.Client.Ask("/a")).ToArray();
        _scene.Origin.Answer(0, Messages.Response(status, field), "yours");
        Assert.Equal(2, _scene.Table.Started);
        _scene.Origin.Answer(1, Messages.Response(status, field), "yours");
        Assert.Equal(tickets.Length, _scene.Table.Started);
        for (var i = 2; i < tickets.Length; i++)
            _scene.Origin.Answer(i, Messages.Response(status, field), "yours");
        Assert.All(tickets, ticket => Assert.Equal(status, ticket.Response!.Status));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(407)]
    [InlineData(511)]
    public void A_client_that_was_asked_who_it_is_has_no_others_ask_one_by_one(int status)
    {
        _scene.Client.Ask("/a", "X-Bad: 1");
        _scene.Origin.Answer(0, Messages.Response(status), "who are you");
        for (var i = 0; i < 40; i++)
            _scene.Client.Ask("/a");
        Assert.Equal(2, _scene.Table.Started);
    }

    private void AssertEachAsks(FetchTicket[] tickets, int from, string field)
    {
        Assert.Equal(from + tickets.Length, _scene.Table.Started);
        for (var i = 0; i < tickets.Length; i++)
        {
            Assert.Null(tickets[i].Response);
            Assert.EndsWith($"{i}", _scene.Origin.Field(from + i, field), StringComparison.Ordinal);
            _scene.Origin.Answer(from + i, Messages.Response(200, "Cache-Control: private"), "mine");
            Assert.Equal(200, tickets[i].Response!.Status);
        }
    }
}
