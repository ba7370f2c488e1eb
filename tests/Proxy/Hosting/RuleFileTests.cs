using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Workers;

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
                {
                  "path": "/live/", "ttl": "1s", "negative-ttl": "2s", "stale-while-revalidate": "3s", "stale-if-error": "4m",
                  "default-ttl": "0"
                },
                { "path": "/api/", "bypass": true },
                { "path": "/files/", "pass-ranges": true, "set-cookie": "store" },
                { "path": "/raw/", "fold-case": true, "forward": "raw" },
                { "path": "*", "sort-query": true, "drop-parameters": ["utm_*"], "fold-case": true },
              ],
            }
            """);
        var rules = RuleFile.Read(ConfigFile.Read(_file));
        var live = rules.Find("/live/a?b"u8)!;
        Assert.Equal(
            (1000, 2000, 3000, 240_000, 0),
            (live.Lifetime, live.Negative, live.StaleWhileRevalidate, live.StaleIfError, live.Default));
        Assert.False(live.Bypass);
        Assert.Null(live.Key);
        Assert.Null(live.SetCookies);
        Assert.Equal((true, false), (rules.Find("/api/a"u8)!.Bypass, rules.Find("/api/a"u8)!.PassesRanges));
        Assert.Equal((true, SetCookieMode.Store), (rules.Find("/files/a"u8)!.PassesRanges, rules.Find("/files/a"u8)!.SetCookies));
        Assert.NotNull(rules.Find("/x"u8)!.Key);
        Assert.Equal((false, true), (rules.Find("/x"u8)!.ForwardsRaw, rules.Find("/raw/x"u8)!.ForwardsRaw));
    }

    [Fact]
    public void A_rule_is_read_with_its_cookies_and_fields()
    {
        File.WriteAllText(_file, """
            { "rules": [
                { "path": "*.CSS", "ignore-case": true },
                { "path": "*.js", "check-type": "off", "key-fields": ["Origin"] },
                { "path": "/", "bypass-cookies": ["login_*"], "ignore-cookies": ["_ga*"], "bypass-fields": ["X-Preview"],
                  "request-fields": { "set": { "X-Site": "a" }, "remove": ["X-Debug"] }, "response-fields": { "remove": ["Server"] } }
            ] }
            """);
        var rules = RuleFile.Read(ConfigFile.Read(_file));
        Assert.NotEmpty(rules.Find("/a.cSS"u8)!.Types);
        Assert.Empty(rules.Find("/a.js"u8)!.Types);
        Assert.Equal("Origin"u8, rules.Find("/a.js"u8)!.KeyFields[0]);
        Assert.False(rules.Find(Messages.Request("/x"))!.Bypass);
        Assert.True(rules.Find(Messages.Request("/x", "GET", "Cookie: login_a=1"))!.Bypass);
        Assert.True(rules.Find(Messages.Request("/x", "GET", "x-preview: 1"))!.Bypass);
        var rule = rules.Find("/x"u8)!;
        var request = Messages.Request("/x", "GET", "Cookie: _ga=1; a=b", "X-Debug: 1", "X-Site: evil");
        rule.Prepare(request);
        Assert.Equal("a=b"u8, request.Fields.Value(request.Fields.Find(KnownField.Cookie)));
        Assert.True(request.Fields.Find("X-Debug"u8) < 0 && request.Fields.Find("X-Site"u8) < 0);
        var response = Messages.Response(200, "Server: x", "X-A: 1");
        rule.ResponseFields!.ApplyTo(response.Fields);
        Assert.Equal(1, response.Fields.Count);
    }

    [Fact]
    public void Without_a_file_or_without_rules_in_it_there_are_none()
    {
        Assert.Null(RuleFile.Read(null).Find("/"u8));
        File.WriteAllText(_file, """{ "workers": 1 }""");
        Assert.Null(RuleFile.Read(ConfigFile.Read(_file)).Find("/"u8));
    }

    [Theory]
    [InlineData("""{ "path": "/" }""", "is no list")]
    [InlineData("""[ 5 ]""", "rules[0] in", "is no object")]
    [InlineData("""[ { "path": "/" }, { "ttl": "1s" } ]""", "rules[1] in", "has no path")]
    [InlineData("""[ { "path": "live/" } ]""", "has no path")]
    [InlineData("""[ { "path": "/a?b=*" } ]""", "matches paths without their queries")]
    [InlineData("""[ { "path": "/", "tll": "1s" } ]""", "sets tll", "known are path")]
    [InlineData("""[ { "path": "/", "ttl": "1s", "ttl": "2s" } ]""", "sets ttl twice")]
    [InlineData("""[ { "path": "/", "ttl": 5 } ]""", "ttl takes a text in quotes")]
    [InlineData("""[ { "path": "/", "ttl": "5" } ]""", "'5' is no duration")]
    [InlineData("""[ { "path": "/", "bypass": "yes" } ]""", "bypass takes true or false")]
    [InlineData("""[ { "path": "/", "forward": "maybe" } ]""", "forward: 'maybe' is none of its values; write keyed or raw")]
    [InlineData("""[ { "path": "/", "check-type": "maybe" } ]""", "check-type takes")]
    [InlineData("""[ { "path": "/", "ignore-case": 1 } ]""", "ignore-case takes true or false")]
    [InlineData("""[ { "path": "/", "bypass-cookies": "a" } ]""", "bypass-cookies takes a list")]
    [InlineData("""[ { "path": "/", "key-fields": ["a b"] } ]""", "'a b' can't be the name of a field")]
    [InlineData("""[ { "path": "/", "key-fields": ["Range"] } ]""", "key-fields: Range can't select a response")]
    [InlineData("""[ { "path": "/", "key-fields": ["X-Real-IP"] } ]""", "X-Real-IP can't select a response")]
    [InlineData("""[ { "path": "/", "key-fields": ["X_Tenant"] } ]""", "X_Tenant can't select a response")]
    [InlineData("""[ { "path": "/", "key-fields": ["Forwarded"] } ]""", "Forwarded can't select a response")]
    [InlineData("""[ { "path": "/", "key-fields": ["X-*"] } ]""", "'X-*' has a *", "write each")]
    [InlineData("""[ { "path": "/", "request-fields": { "remove": ["*"] } } ]""", "'*' has a *", "write each")]
    [InlineData("""[ { "path": "/", "response-fields": { "set": { "X-*": "a" } } } ]""", "'X-*' has a *", "write each")]
    [InlineData("""[ { "path": "/", "request-fields": ["a"] } ]""", "request-fields takes an object")]
    [InlineData("""[ { "path": "/", "request-fields": { "add": {} } } ]""", "request-fields takes an object")]
    [InlineData("""[ { "path": "/", "request-fields": { "set": ["a"] } } ]""", "set takes an object")]
    [InlineData("""[ { "path": "/", "request-fields": { "set": { "X-A": "a\r\nX-B: b" } } } ]""", "the value of X-A has to be printable")]
    [InlineData("""[ { "path": "/", "request-fields": { "remove": "a" } } ]""", "remove takes a list")]
    [InlineData("""[ { "path": "/", "request-fields": { "remove": ["Content-Length"] } } ]""", "can't change Content-Length")]
    [InlineData("""[ { "path": "/", "request-fields": { "set": { "Trailer": "a" } } } ]""", "can't change Trailer")]
    [InlineData("""[ { "path": "/", "request-fields": { "set": { "Host": "a" } } } ]""", "can't change Host")]
    [InlineData("""[ { "path": "/", "response-fields": { "set": { "connection": "close" } } } ]""", "can't change connection")]
    [InlineData("""[ { "path": "/", "response-fields": { "set": { "ETag": "1" } } } ]""", "can't set ETag")]
    [InlineData("""[ { "path": "/", "response-fields": { "remove": ["Age"] } } ]""", "can't change Age")]
    [InlineData("""[ { "path": "/", "set-cookie": "maybe" } ]""", "'maybe' is none of its values", "store, strip or pass")]
    [InlineData("""[ { "path": "/", "drop-parameters": "a" } ]""", "drop-parameters takes a list")]
    public void A_wrong_rule_ends_the_start_with_one_sentence(string rules, params string[] parts)
    {
        File.WriteAllText(_file, $$"""{ "rules": {{rules}} }""");
        var error = Assert.Throws<StartException>(() => RuleFile.Read(ConfigFile.Read(_file))).Message;
        Assert.StartsWith("--config: rules", error, StringComparison.Ordinal);
        Assert.EndsWith(".", error, StringComparison.Ordinal);
        Assert.All(parts, part => Assert.Contains(part, error, StringComparison.Ordinal));
    }
}
