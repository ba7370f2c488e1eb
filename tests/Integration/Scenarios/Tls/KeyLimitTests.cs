using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Keys that protect few records (RFC 9846, section 5.5): a connection whose keys can't be changed ends between two responses, in
/// order, and its client goes on with another.</summary>
public sealed class KeyLimitTests(SharedProxies shared)
{
    private const int Limit = 64;
    private const int Requests = 150;
    private const int LargeBytes = 1_345_292;

    public static IEnumerable<TheoryDataRow<Transport>> TlsTransports() => Matrix.Transports().Where(row => row.Data.IsTls());

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task Every_request_is_answered_and_no_key_protects_more_than_it_may(Transport transport)
    {
        await using var proxy = await StartAsync(transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(100)));
        var connections = 0;
        for (var answered = 0; answered < Requests; connections++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            for (var onThis = 1; answered < Requests; onThis++)
            {
                var reply = await client.GetAsync(path);
                Assert.Equal((200, 100), (reply.Status, reply.Body.Length));
                Assert.InRange(onThis, 1, ChangesKeys(transport) ? Requests : Limit - 1);
                answered++;
                if (reply.Head["Connection"] is not "close")
                    continue;
                Assert.Equal(0, await client.Reader.ReadAsync(new byte[1], client.Limit));
                break;
            }
        }

        Assert.InRange(connections, ChangesKeys(transport) ? 1 : 3, ChangesKeys(transport) ? 1 : 5);
        Assert.Equal(0, (await proxy.ReadStatisticsAsync()).KeysExhausted);
    }

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task A_response_too_long_for_its_key_is_whole_or_cut_so_that_the_client_sees_it(Transport transport)
    {
        await using var proxy = await StartAsync(transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(LargeBytes)));
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        if (ChangesKeys(transport))
        {
            for (var i = 0; i < 3; i++)
                Assert.Equal(TestContent.Make(LargeBytes), (await client.GetAsync(path)).Body);
            return;
        }

        var failure = await Assert.ThrowsAnyAsync<IOException>(() => client.GetAsync(path));
        Assert.Contains("internal error", failure.ToString(), StringComparison.OrdinalIgnoreCase);
        await proxy.WaitUntilAsync(now => now is { KeysExhausted: 1, OpenConnections: 0 }, "one connection cut");
    }

    private static bool ChangesKeys(Transport transport) => transport == Transport.Tls13User;

    private Task<ProxyProcess> StartAsync(Transport transport) =>
        shared.StartAsync(shared.Scripted.Address, transport, "--tune", $"key-records={Limit}");
}
