using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Cache.Policy;

public sealed class StaleTermsTests
{
    private const int Many = 5000;

    [Fact]
    public void Entries_with_the_same_terms_share_them()
    {
        var freshness = new Freshness(1, 2, 3) { MustRevalidate = true, StaleIfError = 4 };
        Assert.Same(StaleTerms.Of(freshness), StaleTerms.Of(freshness with { ResponseTime = 5, InitialAge = 6, Lifetime = 7 }));
    }

    [Fact]
    public void Each_entry_keeps_its_freshness_whatever_the_others_have()
    {
        var head = Messages.Response(200);
        var (vary, body) = (VaryKey.Of(head, Messages.Request()), Body.Empty());
        Freshness[] given = [.. Enumerable.Range(0, Many).Select(Make)];

        CacheEntry[] entries = [.. given.Select(freshness => new CacheEntry(head, body, freshness, vary, sharesAuthorized: false))];

        Assert.Equal(given, entries.Select(entry => entry.Freshness));
    }

    private static Freshness Make(int number) => new(number, 2 * number, 3L * number)
    {
        AgeWhenAsked = 4 * number,
        AlwaysAsk = number % 2 == 0,
        MustRevalidate = number % 3 == 0,
        StaleWhileRevalidate = number % 5,
        StaleIfError = number % 7 == 0 ? long.MaxValue : number,
        StaleIfUnreachable = number % 11,
    };
}
