using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Answers;
using TlsProxy.Proxy.Fetching.Forwarding;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Of which kind a fetch is: for each kind of request, and for those whom an answer wasn't for.</summary>
public sealed class FetchKindTests : IDisposable
{
    private const string Stored = "Cache-Control: max-age=10";

    private readonly FetchScene _scene = new(new CachePolicy
    {
        ClientControl = ClientCacheControl.Honour,
        Rules = new PathRules([new PathRule(new PathPattern("/bypass/")) { Bypass = true }]),
    });

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("GET", "/object/a", "A: b", "Shared")]
    [InlineData("HEAD", "/object/a", "A: b", "Shared")]
    [InlineData("GET", "/object/a", "Range: bytes=0-1", "Shared")]
    [InlineData("GET", "/object/a", "Cookie: a=b", "Shared")]
    [InlineData("GET", "/object/a", "Cache-Control: no-cache", "Alone")]
    [InlineData("HEAD", "/object/a", "Cache-Control: max-age=0", "Alone")]
    [InlineData("GET", "/object/a", "Cache-Control: no-store", "Past")]
    [InlineData("GET", "/object/a", "Authorization: Basic x", "Past")]
    [InlineData("GET", "/bypass/a", "A: b", "Past")]
    [InlineData("POST", "/object/a", "A: b", "Past")]
    [InlineData("X-NEW", "/object/a", "A: b", "Past")]
    public void A_request_that_the_cache_has_not_answered_is_fetched_as(string method, string target, string field, string kind)
    {
        _scene.Client.Ask(target, field, method);
        Assert.Equal([kind], Kinds(from: 0));
    }

    [Theory]
    // Whom the answer isn't for that came to a fetch of one kind: the kinds of those that follow.
    [InlineData("Shared", 200, "Cache-Control: private", "Past")]
    [InlineData("Shared", 200, "Cache-Control: max-age=10\nAge: 10\nETag: \"1\"", "Alone")]
    [InlineData("Shared", 200, "Cache-Control: max-age=60\nVary: B", "Shared")]
    [InlineData("Shared", 412, "A: b", "Shared")]
    [InlineData("Refresh", 200, "Cache-Control: private", "Past Past")]
    [InlineData("Refresh", 200, "Cache-Control: max-age=10\nAge: 10\nETag: \"1\"", "Alone Alone")]
    [InlineData("Refresh", 200, "Cache-Control: max-age=60\nVary: B", "Shared Shared")]
    [InlineData("Refresh", 412, "A: b", "Shared")]
    [InlineData("Refresh alone", 412, "A: b", "Refresh")]
    [InlineData("Alone", 412, "A: b", "Alone")]
    public void After_an_answer_that_was_not_for_all_follow(string kind, int status, string fields, string following)
    {
        _scene.Store([], Stored, "ETag: \"0\"");
        _scene.Time.Advance(20);
        if (kind.StartsWith("Refresh", StringComparison.Ordinal))
        {
            var client = new ForwardedClient("127.0.0.1", false);
            _scene.Table.Refresh(_scene.Client.Home, Messages.Request("/object/a"), client, _scene.Find()!);
        }

        if (kind is "Shared" or "Refresh")
        {
            _scene.Client.Ask("/object/a", "B: 1");
            _scene.Client.Ask("/object/a", "B: 2");
        }

        if (kind == "Alone")
            _scene.Client.Ask("/object/a", "Cache-Control: no-cache");
        Assert.Equal([kind.Split(' ')[0]], Kinds(from: 1));

        _scene.Origin.Sinks[1].OnHead(Messages.Response(status, fields.Split('\n')));

        Assert.Equal(following.Split(' '), Kinds(from: 2));
    }

    [Theory]
    [InlineData("Past", false, false, false, "Past")]
    [InlineData("Alone", true, false, false, "Alone")]
    [InlineData("Shared", true, true, false, "Shared")]
    [InlineData("Refresh", true, true, true, "Shared")]
    public void A_kind_says_who_may_join_and_what_it_is_for_one_who_waited(
        string name, bool isManaged, bool isShared, bool isRefresh, string forOne)
    {
        var ticket = _scene.Client.Ask("/object/a");
        var plan = new FetchPlan
        {
            Home = ticket.Home,
            Request = ticket.Request,
            Client = ticket.Client,
            Kind = Enum.Parse<FetchKind>(name),
            Route = Routes.One,
            Key = "k",
        };
        Assert.Equal((isManaged, isShared, isRefresh), (plan.IsManaged, plan.IsShared, plan.IsRefresh));
        Assert.Equal(forOne, $"{plan.For(ticket).Kind}");
    }

    private string[] Kinds(int from) =>
        [.. _scene.Origin.Sinks.Skip(from).Select(static sink => $"{((ArrivingAnswer)sink).Fetch.Plan.Kind}")];
}
