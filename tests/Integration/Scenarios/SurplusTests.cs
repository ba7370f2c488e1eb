using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Bytes that an origin writes beyond the answer of a client that has aborted reach no other client.</summary>
public sealed class SurplusTests(SharedProxies shared)
{
    private const string Foreign = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nforeign";

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("", "", 8)]
    [InlineData("WRONG", "", 1)]
    [InlineData("WRONG", "", 8)]
    [InlineData(Foreign, "", 1)]
    [InlineData(Foreign, "", 8)]
    [InlineData("", Foreign, 1)]
    [InlineData("", Foreign, 8)]
    public async Task An_abort_leaves_nothing_to_the_next(string atOnce, string later, int clients)
    {
        await using var origin = new ScriptedOrigin();
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Plaintext);
        var own = origin.Add(exchange => exchange.AnswerAsync(Encoding.ASCII.GetBytes(exchange.Head.Target), "Cache-Control: no-store"));
        // A response that isn't stored is given up with its client; one that is stored is fetched to its end.
        foreach (var cacheControl in new[] { "no-store", "max-age=60" })
        {
            using var left = new SemaphoreSlim(0);
            using var answered = new SemaphoreSlim(0);
            using var written = new CountdownEvent(clients);
            var aborted = origin.Add(async exchange =>
            {
                try
                {
                    await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 6", "Cache-Control: " + cacheControl);
                    await exchange.SendAsync("abc"u8.ToArray());
                    await left.WaitAsync(exchange.End);
                    await exchange.SendAsync(Encoding.ASCII.GetBytes("def" + atOnce));
                    await answered.WaitAsync(exchange.End);
                    await exchange.SendAsync(Encoding.ASCII.GetBytes(later));
                }
                finally
                {
                    written.Signal();
                }
            });
            await Task.WhenAll(Enumerable.Range(0, clients).Select(client => AbortAsync(proxy, $"{aborted}?{client}")));
            left.Release(clients);
            await proxy.WaitUntilAsync(statistics => statistics.FetchesInFlight == 0, "no request is under way");
            answered.Release(clients);
            Assert.True(written.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            await AskAllAsync(proxy, own, clients);
        }
    }

    private static async Task AbortAsync(ProxyProcess proxy, string path)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path);
        await client.ReadHeadAsync();
        client.Reset();
    }

    private static Task AskAllAsync(ProxyProcess proxy, string path, int clients) =>
        Task.WhenAll(Enumerable.Range(0, clients).Select(client => AskAsync(proxy, path, client)));

    private static async Task AskAsync(ProxyProcess proxy, string path, int number)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 5; i++)
        {
            var reply = await client.GetAsync($"{path}?{number}.{i}");
            Assert.Equal((200, $"{path}?{number}.{i}"), (reply.Status, reply.Text));
        }
    }
}
