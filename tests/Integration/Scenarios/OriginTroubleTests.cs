using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What clients and operators hear of an origin that doesn't answer.</summary>
public sealed class OriginTroubleTests(SharedProxies shared)
{
    [Fact]
    public async Task The_log_says_once_where_the_origin_refuses_connections_and_what_clients_got()
    {
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = ((IPEndPoint)refusing.LocalEndPoint!).ToString();
        await using var proxy = await shared.StartAsync(new Uri("http://" + address), Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        for (var i = 0; i < 3; i++)
            Assert.Equal(502, (await client.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/{i}"))).Status);

        var line = $"The origin can't be reached ({address}, ECONNREFUSED). Clients got: 502 (1).";
        await proxy.WaitForLogAsync(line);
        Assert.Equal(2, proxy.Log.Split("The origin can't be reached").Length);
    }

    [Fact]
    public async Task The_doctor_asks_the_origin_and_says_how_it_fails()
    {
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = ((IPEndPoint)refusing.LocalEndPoint!).ToString();

        var refused = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--origin", "http://" + address]);
        var answered = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--origin", shared.Scripted.Address.AbsoluteUri]);

        Assert.Equal((1, 0), (refused.ExitStatus, answered.ExitStatus));
        Assert.Contains($"The origin can't be reached ({address}, ECONNREFUSED)", TextOf(refused), StringComparison.Ordinal);
        Assert.Matches("ok +origin +http://127.0.0.1:[0-9]+ +answers HEAD / with 404", TextOf(answered));
    }

    [Fact]
    public async Task A_stale_response_stands_in_for_an_origin_that_exceeds_its_deadline()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--origin-timeout", "500ms");
        var isSilent = 0;
        var path = shared.Scripted.Add(async exchange =>
        {
            if (Volatile.Read(ref isSilent) == 0)
                await exchange.AnswerAsync("old"u8.ToArray(), "Cache-Control: max-age=10", "Age: 20", "ETag: \"1\"");
            else
                await Task.Delay(Timeout.Infinite, exchange.End);
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        ClientReply first;
        // On a busy machine the deadline may pass for the first one, too.
        do
            first = await client.GetAsync(path);
        while (first.Status == 504);
        Assert.Equal(200, first.Status);
        Volatile.Write(ref isSilent, 1);
        await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");

        var stale = await client.GetAsync(path);

        Assert.Equal((200, "old"), (stale.Status, stale.Text));
        Assert.Contains("detail=stale-if-unreachable", stale.Head["Cache-Status"], StringComparison.Ordinal);
        await proxy.WaitForLogAsync("The origin took too long to answer (127.0.0.1:");
    }

    private static string TextOf(CommandResult result) => Encoding.UTF8.GetString(result.Output);
}
