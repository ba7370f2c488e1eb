using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>An origin that listens on a UNIX socket.</summary>
public sealed class UnixOriginTests(SharedProxies shared)
{
    [Fact]
    public async Task Misses_go_to_nginx_behind_its_socket_with_the_clients_host()
    {
        var nginx = await shared.NginxAsync();
        var content = TestContent.Make(200_000);
        var path = nginx.Add("behind-a-socket", content);
        await using var proxy = await shared.StartAsync(nginx.Socket, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        var reply = await client.GetAsync(path);

        Assert.Equal((200, "localhost"), (reply.Status, reply.Head["X-Host"]));
        Assert.Equal(content, reply.Body);
        // The cache answers the second time.
        Assert.Equal(content, (await client.GetAsync(path)).Body);
        Assert.Equal(1, await nginx.CountRequestsAsync(path));
    }

    [Fact]
    public async Task A_member_on_a_socket_is_checked_and_told_of_by_its_path()
    {
        var nginx = await shared.NginxAsync();
        var path = nginx.Add("of-a-member", "member"u8.ToArray());
        using var folder = new TemporaryFolder();
        var socket = nginx.Socket.OriginalString;
        await File.WriteAllTextAsync(folder["config.json"], $$"""
            {
              "origins": {
                "app": {
                  "members": ["{{socket}}", "unix:{{folder["absent.sock"]}}"],
                  "health": { "path": "{{path}}", "interval": "100ms", "expect": 200 }
                }
              },
              "routes": [ { "origin": "app" } ]
            }
            """);
        await using var proxy = await shared.StartAsync(nginx.Address, Transport.Plaintext, "--config", folder["config.json"]);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await proxy.WaitForLogAsync($"origin app: unix:{folder["absent.sock"]} gets no requests for now. GET {path}");

        Assert.Equal("member", (await client.GetAsync(path)).Text);
        await proxy.WaitUntilAsync(
            statistics => statistics.OfMember("up", $"app/{socket}") == 1 && statistics.OfMember("requests", $"app/{socket}") == 1,
            "a request to the member that is up");
    }

    [Fact]
    public async Task Where_there_is_no_socket_the_client_and_the_log_are_told()
    {
        using var folder = new TemporaryFolder();
        var absent = "unix:" + folder["absent.sock"];
        await using var proxy = await shared.StartAsync(new Uri(absent), Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        var reply = await client.GetAsync("/");

        Assert.Equal((502, "The origin can't be reached."), (reply.Status, reply.Text.TrimEnd()));
        await proxy.WaitForLogAsync($"The origin can't be reached ({absent}, ENOENT). Clients got: 502 (1).");
    }

    [Fact]
    public async Task The_doctor_asks_the_socket()
    {
        var nginx = await shared.NginxAsync();
        using var folder = new TemporaryFolder();
        var absent = "unix:" + folder["absent.sock"];

        var well = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--origin", nginx.Socket.OriginalString]);
        var ill = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--origin", absent]);

        Assert.Matches($"origin +{nginx.Socket.OriginalString} +answers HEAD / with ", Encoding.UTF8.GetString(well.Output));
        Assert.Matches($"origin +{absent} +The origin can't be reached .*ENOENT.*correct its path", Encoding.UTF8.GetString(ill.Output));
        Assert.Equal(1, ill.ExitStatus);
    }
}
