using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class SpellingTests
{
    private static readonly string[] s_names = ["workers", "ktls", "hsts", "key", "cache-size", "heuristic-ttl-max"];

    [Theory]
    [InlineData("wrokers", "workers")]
    [InlineData("worker", "workers")]
    [InlineData("klts", null)]
    [InlineData("tls", "ktls")]
    [InlineData("cache-sise", "cache-size")]
    [InlineData("max-cache-size", null)]
    [InlineData("heuristic-lifetime", null)]
    [InlineData("heuristic-ttl-maximum", null)]
    [InlineData("heuristic-ttl", null)]
    [InlineData("ab", null)]
    public void Two_mistakes_are_forgiven_but_no_more_than_a_third_of_the_letters(string name, string? meant) =>
        Assert.Equal(meant is null ? string.Empty : $" Did you mean {meant}?", Spelling.Hint(name, s_names));

    [Fact]
    public void What_all_names_begin_with_does_not_count_as_letters()
    {
        Assert.Equal(string.Empty, Spelling.Hint("TLSPROXY_TLS", ["TLSPROXY_KEY"], "TLSPROXY_"));
        Assert.Equal(" Did you mean TLSPROXY_KTLS?", Spelling.Hint("TLSPROXY_TLS", ["TLSPROXY_KTLS"], "TLSPROXY_"));
    }
}
