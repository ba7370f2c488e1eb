using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Several origins, each for some hosts and paths.</summary>
public sealed class OriginRouteTests(SharedProxies shared)
{
    [Fact]
    public async Task Each_request_goes_to_the_origin_of_its_host_and_path()
    {
        await using RecordingOrigin rest = new(), shop = new(), api = new();
        using var folder = new TemporaryFolder();
        await using var proxy = await StartAsync(rest, folder, $$"""
            {
              "origins": {
                "shop": { "members": ["{{UrlOf(shop)}}"] },
                "api": { "members": ["{{UrlOf(api)}}"], "host": "internal" }
              },
              "routes": [
                { "host": "shop.example", "origin": "shop" },
                { "path": "/api/", "origin": "api", "strip-prefix": "/api", "add-prefix": "/v2" },
                { "host": "*.shop.example", "path": "/api/", "origin": "shop" }
              ]
            }
            """);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        await AskAsync(client, "shop.example", "/api/a");
        await AskAsync(client, "www.shop.example", "/api/b");
        await AskAsync(client, "www.shop.example", "/c");
        await AskAsync(client, "other.example", "/api/d?e");
        await AskAsync(client, "other.example", "/b/../api/..%2ff");
        await AskAsync(client, "shop.example", "*", "OPTIONS");
        await AskAsync(client, "www.shop.example", "*", "OPTIONS");

        Assert.Equal([("shop.example", "/api/a"), ("www.shop.example", "/api/b"), ("shop.example", "*")], Seen(shop));
        Assert.Equal([("internal", "/v2/d?e")], Seen(api));
        Assert.Equal(
            [("www.shop.example", "/c"), ("other.example", "/b/../api/..%2ff"), ("www.shop.example", "*")], Seen(rest));
    }

    [Fact]
    public async Task A_prefix_that_cannot_be_taken_off_is_not_forwarded()
    {
        await using RecordingOrigin rest = new(), api = new();
        using var folder = new TemporaryFolder();
        await using var proxy = await StartAsync(rest, folder, $$"""
            {
              "origins": { "api": { "members": ["{{UrlOf(api)}}"] } },
              "routes": [ { "path": "/api/", "origin": "api", "strip-prefix": "/api" } ]
            }
            """);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        Assert.Equal(501, (await client.GetAsync("/%61pi/x")).Status);
        Assert.Equal(200, (await client.GetAsync("/api/x")).Status);

        Assert.Equal([("localhost", "/x")], Seen(api));
        Assert.Empty(rest.Requests);
    }

    [Fact]
    public async Task A_redirect_of_an_origin_leads_to_the_path_of_its_clients()
    {
        using var folder = new TemporaryFolder();
        await using RecordingOrigin rest = new();
        var path = shared.Scripted.Add(exchange => exchange.SendHeadAsync(
            "HTTP/1.1 302 Found", $"Location: {UrlOf(shared.Scripted)}/object/next", "Content-Length: 0"));
        await using var proxy = await StartAsync(rest, folder, $$"""
            {
              "origins": { "files": { "members": ["{{UrlOf(shared.Scripted)}}"] } },
              "routes": [ { "path": "/files/", "origin": "files", "strip-prefix": "/files", "add-prefix": "/object" } ]
            }
            """);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        var reply = await client.GetAsync(path.Replace("/object/", "/files/", StringComparison.Ordinal));

        Assert.Equal((302, "http://localhost/files/next"), (reply.Status, reply.Head["Location"]));
    }

    private static async Task AskAsync(ClientConnection client, string host, string target, string method = "GET")
    {
        await client.SendAsync($"{method} {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        Assert.Equal(200, (await client.ReadReplyAsync()).Status);
    }

    private static IEnumerable<(string? Host, string Target)> Seen(RecordingOrigin origin) =>
        origin.Requests.Select(request => (request["Host"], request.Target));

    private static string UrlOf(IOriginServer origin) => origin.Address.GetLeftPart(UriPartial.Authority);

    private async Task<ProxyProcess> StartAsync(RecordingOrigin rest, TemporaryFolder folder, string config)
    {
        await File.WriteAllTextAsync(folder["config.json"], config);
        return await shared.StartAsync(rest.Address, Transport.Plaintext, "--config", folder["config.json"]);
    }
}
