using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Clients that read nothing keep neither their connections nor the process, however their responses are sent.</summary>
public sealed class UnreadResponseTests(SharedProxies shared)
{
    private const int Clients = 4;

    [Theory]
    [InlineData("send-zc=0")]
    [InlineData("send-zc=1")]
    public async Task A_deadline_and_the_end_of_the_process_wait_for_no_reader(string tuning)
    {
        Assert.SkipWhen(TestRun.Transport == "epoll", "SKIPPED: only io_uring sends without a copy");
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(new byte[8 << 20], "Cache-Control: max-age=60"));
        var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address,
            "--transport", "io_uring", "--tune", tuning, "--write-timeout", "1s", "--drain-timeout", "1s");
        var clients = new List<ClientConnection>();
        for (var i = 0; i < 2 * Clients; i++)
        {
            // The first have passed their deadline when the others come, which are there at the end.
            if (i == Clients)
                await proxy.WaitUntilAsync(seen => seen is { AcceptedConnections: >= Clients, OpenConnections: 0 }, "some stay open");
            var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext, receiveBuffer: 8192);
            clients.Add(client);
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        }

        Assert.Equal(0, await proxy.StopAsync());

        foreach (var client in clients)
            await client.DisposeAsync();
        await proxy.DisposeAsync();
    }
}
