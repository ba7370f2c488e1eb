using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class RuleFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_rule_is_read_with_all_its_settings()
    {
        File.WriteAllText(_file, """
            {
              // Comments and trailing commas are as welcome as in the rest of the file.
              "workers": 1,
              "rules": [
                { "path": "/live/", "ttl": "1s", "negative-ttl": "2s", "stale-while-revalidate": "3s", "stale-if-error": "4m", "default-ttl": "0" },
                { "path": "/api/", "bypass": true },
                { "path": "/files/", "pass-ranges": true, "set-cookie": "store" },
                { "path": "*", "sort-query": true, "drop-parameters": ["utm_*"], "fold-case": true },
              ],
            }
            """);
        var rules = RuleFile.Read(_file);
        var live = rules.Find("/live/a?b"u8)!;
        Assert.Equal((1, 2, 3, 240, 0), (live.Lifetime, live.Negative, live.StaleWhileRevalidate, live.StaleIfError, live.Default));
        Assert.False(live.Bypass);
        Assert.Null(live.Key);
        Assert.Null(live.SetCookies);
        Assert.Equal((true, false), (rules.Find("/api/a"u8)!.Bypass, rules.Find("/api/a"u8)!.PassesRanges));
        Assert.Equal((true, SetCookieMode.Store), (rules.Find("/files/a"u8)!.PassesRanges, rules.Find("/files/a"u8)!.SetCookies));
        Assert.NotNull(rules.Find("/x"u8)!.Key);
    }

    [Fact]
    public void Without_a_file_or_without_rules_in_it_there_are_none()
    {
        Assert.Null(RuleFile.Read(null).Find("/"u8));
        File.WriteAllText(_file, """{ "workers": 1 }""");
        Assert.Null(RuleFile.Read(_file).Find("/"u8));
    }

    [Theory]
    [InlineData("""{ "path": "/" }""", "is no list")]
    [InlineData("""[ 5 ]""", "rules[0] in", "is no object")]
    [InlineData("""[ { "path": "/" }, { "ttl": "1s" } ]""", "rules[1] in", "has no path")]
    [InlineData("""[ { "path": "live/" } ]""", "has no path")]
    [InlineData("""[ { "path": "/", "tll": "1s" } ]""", "sets tll", "known are path")]
    [InlineData("""[ { "path": "/", "ttl": "1s", "ttl": "2s" } ]""", "sets ttl twice")]
    [InlineData("""[ { "path": "/", "ttl": 5 } ]""", "ttl takes a text in quotes")]
    [InlineData("""[ { "path": "/", "ttl": "5" } ]""", "'5' is no duration")]
    [InlineData("""[ { "path": "/", "bypass": "yes" } ]""", "bypass takes true or false")]
    [InlineData("""[ { "path": "/", "set-cookie": "maybe" } ]""", "'maybe' is none of its values", "store, strip or pass")]
    [InlineData("""[ { "path": "/", "drop-parameters": "a" } ]""", "drop-parameters takes a list")]
    public void A_wrong_rule_ends_the_start_with_one_sentence(string rules, params string[] parts)
    {
        File.WriteAllText(_file, $$"""{ "rules": {{rules}} }""");
        var error = Assert.Throws<StartException>(() => RuleFile.Read(_file)).Message;
        Assert.StartsWith("--config: rules", error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }
}
