using TlsProxy.Proxy.Fetching.Forwarding;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Whose origin a fetch asks where clients of two workers wait for it, each of which asks an origin of its own.</summary>
public sealed class FetchHomeTests : IDisposable
{
    private readonly FetchScene _scene = new();
    private readonly HeldOrigin _there = new();
    private readonly FetchClient _client;

    public FetchHomeTests() => _client = new FetchClient(_scene.Table, _there);

    private HeldOrigin Here => _scene.Origin;

    private (int Here, int There) Asked => (Here.Sinks.Count, _there.Sinks.Count);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void The_origin_of_the_one_whose_request_is_forwarded_is_asked_and_that_of_who_joins_is_not()
    {
        var first = _scene.Client.Ask("/object/a");
        var joined = _client.Ask("/object/a");
        Assert.Equal((1, 0), Asked);
        Here.Answer(0, Messages.Response(200, "Cache-Control: max-age=60"), "body");
        Assert.Same(first.Response, joined.Response);
        _client.Ask("/object/b");
        Assert.Equal((1, 1), Asked);
    }

    [Theory]
    [InlineData("GET", "Authorization: Basic x")]
    [InlineData("GET", "Cache-Control: no-store")]
    [InlineData("POST", "A: b")]
    public void A_request_past_the_cache_goes_to_the_origin_of_its_client(string method, string field)
    {
        _client.Ask("/object/a", field, method);
        Assert.Equal((0, 1), Asked);
    }

    [Theory]
    // An answer for the first alone, one of another variant, one that may not be used again, and an error that may lie in the request.
    [InlineData(200, "Cache-Control: private")]
    [InlineData(200, "Cache-Control: max-age=60\nVary: A")]
    [InlineData(200, "Cache-Control: max-age=10\nAge: 10\nETag: \"1\"")]
    [InlineData(400, "A: b")]
    public void Whom_an_answer_was_not_for_ask_their_own_origin(int status, string fields)
    {
        var leader = _scene.Client.Ask("/object/a", "A: 1");
        var other = _client.Ask("/object/a", "A: 2");

        Here.Sinks[0].OnHead(Messages.Response(status, fields.Split('\n')));

        Assert.Equal((1, 1), Asked);
        Assert.Equal((true, false), (leader.IsAnswered, other.IsAnswered));
    }

    [Fact]
    public void Of_several_whom_an_answer_was_not_for_the_origin_of_the_new_leader_is_asked()
    {
        _scene.Client.Ask("/object/a", "A: 1");
        _client.Ask("/object/a", "A: 2");
        var joined = _scene.Client.Ask("/object/a", "A: 2");
        Here.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "Vary: A"), "one");
        Assert.Equal((1, 1), Asked);

        _there.Answer(0, Messages.Response(200, "Cache-Control: max-age=60", "Vary: A"), "two!");

        Assert.Equal(4, joined.Response!.Body.TotalLength);
        Assert.Equal((1, 1), Asked);
    }

    [Fact]
    public void A_refresh_asks_the_origin_of_the_one_who_used_the_stale_response_and_asks_it_again()
    {
        Refresh();
        Assert.Equal((1, 1), Asked);

        _there.Sinks[0].OnHead(Messages.Response(412));

        Assert.Equal((1, 2), Asked);
    }

    [Fact]
    public void Who_waits_for_a_refresh_that_was_not_for_it_asks_its_own_origin()
    {
        Refresh();
        _scene.Client.Ask("/object/a");
        Assert.Equal((1, 1), Asked);

        _there.Sinks[0].OnHead(Messages.Response(412));

        Assert.Equal((2, 1), Asked);
    }

    private void Refresh()
    {
        _scene.Store([], "Cache-Control: max-age=10", "ETag: \"1\"");
        _scene.Time.Advance(20);
        _scene.Table.Refresh(_client.Home, Messages.Request(), new ForwardedClient("127.0.0.1", false), _scene.Find()!);
    }
}
