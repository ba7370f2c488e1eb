using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>The end of a proxy under load. TLSPROXY_TEST_RESTARTS is how often each way of transport ends it.</summary>
public sealed class RestartTests(SharedProxies shared)
{
    private const int Clients = 8;

    [Theory]
    [MemberData(nameof(Matrix.Transports), MemberType = typeof(Matrix))]
    public async Task Kept_connections_lose_no_request_when_the_proxy_ends(Transport transport)
    {
        var content = TestContent.Make(3000);
        var stored = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: max-age=3600"));
        var passed = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: no-store"));
        for (var restart = 0; restart < TestRun.Restarts; restart++)
        {
            await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport, KeptClient.PatientDrain);
            var connections = await Task.WhenAll(
                Enumerable.Range(0, Clients + 1).Select(_ => ClientConnection.OpenAsync(proxy, transport)));
            var idle = connections[^1];
            await idle.GetAsync(stored);
            var clients = connections[..^1].Select(connection => new KeptClient(connection)).ToArray();
            var ends = clients.Select(client => client.RunAsync([stored, passed])).ToArray();
            await Task.WhenAll(clients.Select(client => client.IsBusy));

            var stop = proxy.StopAsync();

            Assert.All(await Task.WhenAll(ends), Assert.Null);
            Assert.Equal("close", (await idle.GetAsync(stored)).Head["Connection"]);
            foreach (var connection in connections)
                await connection.DisposeAsync();
            Assert.Equal(0, await stop);
        }
    }
}
