using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>SIGTERM while the origin goes on answering what nobody waits for any more.</summary>
public sealed class EndTests(SharedProxies shared)
{
    private const int Clients = 60;

    [Fact]
    public async Task Answers_for_the_cache_alone_are_given_up_and_the_process_ends_in_order()
    {
        var path = shared.Scripted.Add(TrickleAsync);
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        for (var i = 0; i < Clients; i++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await client.RequestAsync($"{path}?{i}");
            Assert.Equal(200, (await client.ReadHeadAsync()).Status);
        }

        await proxy.WaitUntilAsync(statistics => statistics.OpenConnections == 0, "clients that have gone");
        Assert.Equal(0, await proxy.StopAsync());
    }

    /// <summary>Small pieces without an end, as fast as they are taken: some thread is always within one.</summary>
    private static async Task TrickleAsync(OriginExchange exchange)
    {
        await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
        var piece = new byte[10];
        try
        {
            while (true)
            {
                await exchange.SendChunkAsync(piece);
                await Task.Delay(1, exchange.End);
            }
        }
        catch (IOException)
        {
            // The proxy has given the answer up.
        }
    }
}
