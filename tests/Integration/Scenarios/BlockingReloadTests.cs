using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Answers that the origin holds back for longer than they stay fresh: blocking playlist reload of LL-HLS, and long
/// polling.</summary>
public sealed class BlockingReloadTests(SharedProxies shared)
{
    private const int Clients = 20;

    // Longer than the lifetime, which is a whole number of seconds.
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(1100);

    [Theory]
    [InlineData(Transport.Plaintext, "")]
    [InlineData(Transport.Tls13User, "")]
    [InlineData(Transport.Plaintext, "Cache-Control: no-cache\r\n")]
    [InlineData(Transport.Plaintext, "Cache-Control: max-age=0\r\n")]
    public async Task All_who_wait_get_what_one_request_brings_round_after_round(Transport transport, string fields)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var round = 0;
        var asked = new Gate[] { new(1), new(1) };
        var path = shared.Scripted.Add(async exchange =>
        {
            var number = Interlocked.Increment(ref round);
            await asked[number - 1].WaitAsync(exchange.End);
            await Task.Delay(Hold, exchange.End);
            await exchange.AnswerAsync(
                "part "u8.ToArray().Append((byte)('0' + number)).ToArray(), "Cache-Control: max-age=1", $"Date: {DateTimeOffset.UtcNow:R}");
        });

        for (var number = 1; number <= asked.Length; number++)
        {
            var answers = Enumerable.Range(0, Clients).Select(_ => GetAsync(proxy, transport, path, fields)).ToArray();
            await proxy.WaitUntilAsync(statistics => statistics.Subscribers == Clients, "20 subscribers");
            asked[number - 1].Arrive();
            Assert.All(await Task.WhenAll(answers), answer => Assert.Equal($"part {number}", answer.Text));
            Assert.Equal(number, shared.Scripted.CountRequests(path));
        }
    }

    private static async Task<ClientReply> GetAsync(ProxyProcess proxy, Transport transport, string path, string fields)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        return await client.GetAsync(path, fields: fields);
    }
}
