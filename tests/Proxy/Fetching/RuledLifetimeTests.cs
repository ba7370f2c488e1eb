using TlsProxy.Proxy.Cache.Explanation;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Lifetimes that the operator chooses count from the arrival of the response.</summary>
public sealed class RuledLifetimeTests
{
    private static readonly PathRule Base = new(new PathPattern("/"));

    public static TheoryData<string, int, string[]> Chosen => new()
    {
        { "ttl", 200, [] },
        { "ttl", 200, ["Cache-Control: max-age=9"] },
        { "ttl", 302, [] },
        { "ttl", 200, ["Age: 30"] },
        { "default-ttl", 200, [] },
        { "negative-ttl", 404, [] },
        { "negative-ttl", 503, [] },
    };

    [Theory]
    [MemberData(nameof(Chosen))]
    public void A_lifetime_of_half_a_second_lasts_as_long_after_an_answer_that_took_longer(string setting, int status, string[] fields)
    {
        using var scene = new FetchScene(Policy(setting, 500));
        var tickets = Enumerable.Range(0, 5).Select(_ => scene.Client.Ask("/a")).ToArray();
        scene.Time.AdvanceMilliseconds(1200);
        scene.Origin.Answer(0, Messages.Response(status, fields), "page");
        Assert.All(tickets, ticket => Assert.Equal(status, ticket.Response!.Status));
        scene.Time.AdvanceMilliseconds(499);
        Assert.Equal(CacheOutcome.Hit, scene.Client.Ask("/a").Note.Outcome);
        scene.Time.AdvanceMilliseconds(1);
        Assert.Null(scene.Client.Ask("/a").Response);
        Assert.Equal(2, scene.Table.Started);
    }

    [Fact]
    public void A_lifetime_of_0_is_none_however_long_the_answer_took()
    {
        using var scene = new FetchScene(Policy("ttl", 0));
        for (var i = 0; i < 3; i++)
            scene.Client.Ask("/a");
        scene.Time.AdvanceMilliseconds(1200);
        scene.Origin.Sinks[0].OnHead(Messages.Response(200));
        Assert.Equal(3, scene.Origin.Sinks.Count);
    }

    private static CachePolicy Policy(string setting, long milliseconds) => new()
    {
        Rules = new PathRules([setting switch
        {
            "ttl" => Base with { Lifetime = milliseconds },
            "default-ttl" => Base with { Default = milliseconds },
            _ => Base with { Negative = milliseconds },
        }]),
    };
}
