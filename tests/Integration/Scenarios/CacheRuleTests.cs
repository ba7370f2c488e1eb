using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What operators change of the cache's rules.</summary>
public sealed class CacheRuleTests(SharedProxies shared)
{
    private const string Rules = """
        { "rules": [
            { "path": "/rule/past/", "bypass": true },
            { "path": "/rule/ttl/*", "ttl": "10m", "negative-ttl": "10m" },
            { "path": "/rule/key/", "sort-query": true, "drop-parameters": ["utm_*"], "fold-case": true }
        ] }
        """;

    [Fact]
    public async Task Rules_by_path_set_lifetimes_keys_and_ways_past_the_cache()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], Rules);
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--config", folder["options.json"], "--debug-header", "X-Why");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var past = Answers.AddBelow("/rule/past/", shared.Scripted, "200|Cache-Control: max-age=600");
        var ttl = Answers.AddBelow("/rule/ttl/", shared.Scripted, "200|Cache-Control: max-age=0");
        var missing = Answers.AddBelow("/rule/ttl/", shared.Scripted, "404");
        var key = Answers.AddBelow("/rule/key/", shared.Scripted, "200|Cache-Control: max-age=600");

        await client.GetAsync(past.Path);
        await client.GetAsync(ttl.Path);
        await client.GetAsync(missing.Path);
        await client.GetAsync(key.Path + "?b=2&a=1&utm_source=x");
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 3, "three entries");

        var second = await client.GetAsync(past.Path);
        Assert.Equal("body 2", second.Text);
        Assert.Equal("tlsproxy; fwd=bypass; detail=bypass", second.Head["Cache-Status"]);
        Assert.Equal("reuse=bypass; store=bypass", second.Head["X-Why"]);
        var hit = await client.GetAsync(ttl.Path);
        Assert.Equal("body 1", hit.Text);
        Assert.Matches("^reuse=fresh; store=none; age=[0-9]+; ttl=[0-9]+$", hit.Head["X-Why"]);
        Assert.Equal("body 1", (await client.GetAsync(missing.Path)).Text);
        var folded = key.Path.ToUpperInvariant().Replace("/RULE/KEY/", "/rule/key/", StringComparison.Ordinal);
        Assert.Equal("body 1", (await client.GetAsync(folded + "?a=1&b=2")).Text);
        Assert.Equal(1, key.Count);
        var absent = await client.GetAsync(key.Path + "?c", fields: "Cache-Control: only-if-cached\r\n");
        Assert.Equal("reuse=only-if-cached; store=none", absent.Head["X-Why"]);
    }

    [Fact]
    public async Task Rules_hold_for_every_spelling_of_their_paths_and_store_only_what_is_spelt_and_typed_plainly()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], """
            { "rules": [
                { "path": "/rule/past/", "ignore-case": true, "bypass": true },
                { "path": "*.css", "ttl": "10m" },
                { "path": "/rule/ttl/", "ttl": "10m" }
            ] }
            """);
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--config", folder["options.json"]);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        string[] spellings =
            ["//rule/past/", "/%72ule/past/", "/Rule%2fpast/", "/x/..%5crule/./past/", "/x/..;a/rule/past/", "/rule/past//../"];
        foreach (var past in spellings)
        {
            var answers = Answers.AddBelow(past, shared.Scripted, "200|Cache-Control: max-age=600");
            await client.GetAsync(answers.Path);
            Assert.Equal("body 2", (await client.GetAsync(answers.Path)).Text);
        }

        foreach (var odd in new[] { "/rule/ttl/../", "/rule/ttl/..%2f", "/rule/ttl/..;/", "//rule/ttl/", "/rule/ttl/%61", "/rule/ttl/%0A" })
        {
            var answers = Answers.AddBelow(odd, shared.Scripted, "200|Content-Type: text/html");
            await client.GetAsync(answers.Path);
            Assert.Equal("body 2", (await client.GetAsync(answers.Path)).Text);
        }

        var plain = Answers.AddBelow("/rule/ttl/", shared.Scripted, "200|Content-Type: text/html");
        await client.GetAsync(plain.Path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
        Assert.Equal("body 1", (await client.GetAsync(plain.Path)).Text);
    }

    [Fact]
    public async Task Errors_are_kept_and_cookies_stripped_where_options_say_so()
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--negative-ttl", "10m", "--set-cookie", "strip",
            "--heuristic-ttl-max", "0", "--stale-if-unreachable", "0");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var missing = Answers.Add(shared.Scripted, "404");
        var cookie = Answers.Add(shared.Scripted, "200|Cache-Control: max-age=600|Set-Cookie: a=b");
        var guessed = Answers.Add(shared.Scripted, "200|Last-Modified: Thu, 01 Jan 2015 00:00:00 GMT");
        var stale = Answers.Add(shared.Scripted, "200|Cache-Control: max-age=10|Age: 20|ETag: \"1\"", "close");

        await client.GetAsync(missing.Path);
        Assert.Equal("a=b", (await client.GetAsync(cookie.Path)).Head["Set-Cookie"]);
        await client.GetAsync(guessed.Path);
        await client.GetAsync(stale.Path);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 3, "three entries");

        Assert.Equal("body 1", (await client.GetAsync(missing.Path)).Text);
        var stripped = await client.GetAsync(cookie.Path);
        Assert.Equal(("body 1", null), (stripped.Text, stripped.Head["Set-Cookie"]));
        Assert.Equal("body 2", (await client.GetAsync(guessed.Path)).Text);
        Assert.Equal(502, (await client.GetAsync(stale.Path)).Status);
    }

    [Fact]
    public async Task By_default_no_header_tells_why()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var answers = Answers.Add(shared.Scripted, "200|Cache-Control: max-age=600");
        Assert.DoesNotContain(
            (await client.GetAsync(answers.Path)).Head.Fields,
            field => field.Value.Contains("reuse=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--debug-header", "X Cache", "'X Cache' can't be its name")]
    [InlineData("--debug-header", "Age", "'Age' can't be its name")]
    [InlineData("--negative-ttl", "5", "'5' is no duration")]
    [InlineData("--set-cookie", "maybe", "strip, store or pass")]
    public async Task A_wrong_option_ends_the_start_with_one_sentence(string option, string value, string error)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, option, value));
        Assert.Contains(option, failure.Message, StringComparison.Ordinal);
        Assert.Contains(error, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_rule_ends_the_start_with_one_sentence()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], """{ "rules": [ { "path": "/", "tll": "1s" } ] }""");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, "--config", folder["options.json"]));
        Assert.Contains("rules[0]", failure.Message, StringComparison.Ordinal);
        Assert.Contains("sets tll", failure.Message, StringComparison.Ordinal);
    }
}
