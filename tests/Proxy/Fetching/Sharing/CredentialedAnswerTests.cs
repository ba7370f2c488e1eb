using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Answers to cookies or credentials say nothing of what others get: no mark of hit-for-miss, and no end of what is stored.
/// </summary>
public sealed class CredentialedAnswerTests : IDisposable
{
    private const string Old = "Last-Modified: Tue, 03 Mar 2020 10:00:00 GMT";
    private const string Tag = "ETag: \"1\"";

    private readonly FetchScene _scene = new(new CachePolicy { Lifetimes = new LifetimePolicy { HeuristicMaximum = 60_000 } });

    public static TheoryData<string> Credentials => ["Cookie: a=b", "X-Api-Key: k", "DPoP: x"];

    public void Dispose() => _scene.Dispose();

    [Theory]
    [MemberData(nameof(Credentials))]
    public void An_answer_to_credentials_has_no_others_ask_one_by_one(string field)
    {
        _scene.Client.Ask("/a", field);
        _scene.Origin.Answer(0, Messages.Response(200, Old), "mine");
        Ask(40);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Theory]
    [InlineData("Cookie: a=b", Old)]
    [InlineData("Cookie: a=b", "Cache-Control: private")]
    [InlineData("Cookie: a=b", "Set-Cookie: a=c")]
    [InlineData("X-Api-Key: k", "Vary: *")]
    [InlineData("X-Api-Key: k", "X-None: 1")]
    public void Nor_those_who_waited_for_it(string credentials, string answer)
    {
        var mine = _scene.Client.Ask("/a", credentials);
        var others = Ask(40);
        _scene.Origin.Answer(0, Messages.Response(200, answer), "mine");
        Assert.Equal(4, mine.Response!.Body.TotalLength);
        Assert.Null(_scene.Origin.Field(1, credentials[..credentials.IndexOf(':', StringComparison.Ordinal)]));
        _scene.Origin.Answer(1, Messages.Response(200, Old), "public");
        Assert.All(others, ticket => Assert.Equal(6, ticket.Response!.Body.TotalLength));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void Clients_with_credentials_share_what_was_made_for_one_without()
    {
        _scene.Client.Ask("/a", "Cookie: a=1");
        FetchTicket[] others = [.. AskWithCookies(), .. Ask(20)];
        _scene.Origin.Answer(0, Messages.Response(200, Old), "mine");
        Assert.Null(_scene.Origin.Field(1, "Cookie"));
        _scene.Origin.Answer(1, Messages.Response(200, Old), "public");
        Assert.All(others, ticket => Assert.Equal(6, ticket.Response!.Body.TotalLength));
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void Clients_with_credentials_get_their_own_all_at_once_where_the_answer_says_so()
    {
        AskWithCookies();
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: private"), "mine");
        Assert.Equal(20, _scene.Table.Started);
        AskWithCookies();
        Assert.Equal(40, _scene.Table.Started);
        Ask(20);
        Assert.Equal(41, _scene.Table.Started);
    }

    [Fact]
    public void What_an_answer_says_without_credentials_holds_for_clients_with_them()
    {
        _scene.Client.Ask("/a");
        _scene.Origin.Answer(0, Messages.Response(200, "Cache-Control: no-store"), "each");
        for (var i = 0; i < 5; i++)
            _scene.Client.Ask("/a", "Cookie: a=b");
        Assert.Equal(6, _scene.Table.Started);
    }

    [Theory]
    [InlineData("Cookie: a=b", 200, "X-None: 1")]
    [InlineData("Cookie: a=b", 200, "Cache-Control: private")]
    [InlineData("X-Api-Key: k", 302, "Location: /login")]
    [InlineData("X-Api-Key: k", 404, "X-None: 1")]
    [InlineData("Cookie: a=b", 403, "Cache-Control: no-store")]
    public void A_stored_response_outlives_an_answer_to_credentials(string credentials, int status, string answer)
    {
        _scene.Store([], Old, Tag);
        _scene.Time.Advance(100);
        var stored = _scene.Find();
        _scene.Client.Ask("/object/a", credentials);
        Assert.Equal("\"1\"", _scene.Origin.Field(1, "If-None-Match"));
        _scene.Origin.Answer(1, Messages.Response(status, answer), "mine");
        Assert.Same(stored, _scene.Find());
    }

    [Theory]
    [MemberData(nameof(Credentials))]
    public void A_confirmation_to_credentials_makes_it_fresh_for_all(string field)
    {
        _scene.Store([], Old, Tag);
        _scene.Time.Advance(100);
        var waiting = Ask(1, field).Concat(Ask(39)).ToArray();
        _scene.Origin.Answer(1, Messages.Response(304, Tag));
        Assert.All(waiting, ticket => Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome));
        Assert.Equal(CacheOutcome.Hit, _scene.Client.Ask("/object/a").Note.Outcome);
        Assert.Equal(2, _scene.Table.Started);
    }

    [Fact]
    public void A_confirmation_for_one_client_leaves_what_is_stored_as_it_is()
    {
        _scene.Store([], Old, Tag);
        _scene.Time.Advance(100);
        var stored = _scene.Find();
        var mine = _scene.Client.Ask("/object/a", "Cookie: a=b");
        var others = Ask(20);
        _scene.Origin.Answer(1, Messages.Response(304, Tag, "Cache-Control: private"));
        Assert.Equal(CacheOutcome.Revalidated, mine.Note.Outcome);
        Assert.Same(stored, _scene.Find());
        _scene.Origin.Answer(2, Messages.Response(304, Tag));
        Assert.All(others, ticket => Assert.Equal(CacheOutcome.Revalidated, ticket.Note.Outcome));
        Assert.Equal(3, _scene.Table.Started);
    }

    [Theory]
    [InlineData("ETag: \"2\"", false)]
    [InlineData("X-None: 1", false)]
    [InlineData(Tag, true)]
    public void HEAD_with_credentials_updates_what_it_confirms_and_ends_nothing(string field, bool isFresh)
    {
        _scene.Store([], Old, Tag);
        _scene.Time.Advance(100);
        _scene.Client.Ask("/object/a", "Cookie: a=b", "HEAD");
        _scene.Origin.Answer(1, Messages.Response(200, field));
        Assert.Equal(isFresh, _scene.Find()!.Freshness.IsFreshAt(_scene.Time.Milliseconds));
    }

    [Fact]
    public void A_page_not_found_for_one_client_has_the_others_ask_once()
    {
        _scene.Client.Ask("/a", "Cookie: a=b");
        var others = Ask(39);
        _scene.Origin.Answer(0, Messages.Response(404), "Dear A");
        _scene.Origin.Answer(1, Messages.Response(404), "no");
        Assert.All(others, ticket => Assert.Equal(2, ticket.Response!.Body.TotalLength));
        Ask(40);
        Assert.Equal(3, _scene.Table.Started);
    }

    private FetchTicket[] AskWithCookies() => [.. Enumerable.Range(2, 20).Select(i => _scene.Client.Ask("/a", $"Cookie: a={i}"))];

    private FetchTicket[] Ask(int count, string? field = null)
    {
        var target = _scene.Find() is null ? "/a" : "/object/a";
        return [.. Enumerable.Range(0, count).Select(_ => _scene.Client.Ask(target, field))];
    }
}
