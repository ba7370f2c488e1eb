using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Entries share what many of them have. Other tests make entries too, so nothing else runs meanwhile.</summary>
[Collection("alone")]
public sealed class CommonValuesTests
{
    private const int Many = 5000;

    [Fact]
    public void Entries_with_the_same_terms_share_them()
    {
        var freshness = new Freshness(1, 2, 3) { MustRevalidate = true, StaleIfError = 4 };
        Assert.Same(StaleTerms.Of(freshness), StaleTerms.Of(freshness with { ResponseTime = 5, InitialAge = 6, Lifetime = 7 }));
    }

    [Fact]
    public void Each_entry_keeps_its_terms_whatever_the_others_have()
    {
        var head = Messages.Response(200);
        var (vary, body) = (VaryKey.Of(head, Messages.Request()), Body.Empty());
        Freshness[] given = [.. Enumerable.Range(0, Many).Select(Make)];

        CacheEntry[] entries = [.. given.Select(freshness => new CacheEntry(head, body, freshness, vary, sharesAuthorized: false))];

        Assert.Equal(given, entries.Select(entry => entry.Freshness));
    }

    [Theory]
    [InlineData("Accept-Encoding: gzip, br", true)]
    [InlineData("", true)]
    [InlineData("Accept-Encoding: br, gzip", false)]
    [InlineData("Accept-Encoding: gzip,br,", true)]
    [InlineData("Accept-Encoding: GZIP, br", false)]
    [InlineData("Accept-Encoding:", false)]
    public void Entries_whose_requests_say_the_same_share_what_selects_them(string second, bool areOne)
    {
        var response = Messages.Response(200, "Vary: Accept-Encoding");
        var first = VaryKey.Of(response, second.Length == 0 ? Messages.Request() : Messages.Request(fields: "Accept-Encoding: gzip, br"));
        var other = VaryKey.Of(response, second.Length == 0 ? Messages.Request() : Messages.Request(fields: second));
        Assert.Equal(areOne, ReferenceEquals(first, other));
        Assert.Equal(areOne, first.Equals((object)other));
        Assert.True(!areOne || first.GetHashCode() == other.GetHashCode());
        Assert.NotSame(first, VaryKey.Of(Messages.Response(200, "Vary: accept-encoding"), Messages.Request()));
    }

    [Fact]
    public void What_selects_is_shared_only_where_it_is_small()
    {
        var response = Messages.Response(200, "Vary: Foo");
        var request = Messages.Request(fields: "Foo: " + new string('x', 1100));
        var (first, other) = (VaryKey.Of(response, request), VaryKey.Of(response, request));
        Assert.NotSame(first, other);
        Assert.True(first.SameAs(other));
    }

    [Fact]
    public void Each_entry_keeps_what_selects_it_whatever_the_others_have()
    {
        var response = Messages.Response(200, "Vary: Foo");
        var requests = Enumerable.Range(0, Many).Select(number => Messages.Request(fields: $"Foo: {number}")).ToArray();

        VaryKey[] keys = [.. requests.Select(request => VaryKey.Of(response, request))];

        Assert.All(keys.Zip(requests), pair => Assert.True(pair.First.Matches(pair.Second)));
        Assert.False(keys[0].Matches(requests[1]));
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
