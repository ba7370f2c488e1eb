using System.Text;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing.Tls;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Clients of TLS 1.3 that ask for new keys, where the proxy can change its own and where the kernel holds them.</summary>
public sealed class KeyChangeTests(SharedProxies shared)
{
    private const int Requests = 10;

    public static IEnumerable<TheoryDataRow<Transport>> Tls13Transports() => Matrix.Transports()
        .Where(row => row.Data.Protocol() == System.Security.Authentication.SslProtocols.Tls13);

    [Theory]
    [MemberData(nameof(Tls13Transports))]
    public async Task Requests_before_a_key_update_are_all_answered_and_the_last_says_so_if_the_connection_ends(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var path = shared.Scripted.Add(
            exchange => exchange.AnswerAsync(Encoding.ASCII.GetBytes($"<{exchange.Body.Length}>"), "Cache-Control: no-store"));
        await using var client = await OpenAsync(proxy, transport);

        for (var i = 0; i < Requests; i++)
            client.Write(i % 2 == 0
                ? $"GET {path}?{i} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                : $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {i}\r\n\r\n{new string('x', i)}");
        client.UpdateKeys(requested: true);
        await client.FlushAsync();

        if (!transport.NeedsKernelTls())
        {
            await client.WaitForAsync("HTTP/1.1 200 OK", Requests);
            client.Write($"GET {path}?last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            await client.FlushAsync();
        }

        await client.WaitForEndAsync();
        Assert.Equal(ClientEnd.CloseNotify, client.End);
        var answers = client.Text.Split("HTTP/1.1 200 OK")[1..];
        Assert.Equal(transport.NeedsKernelTls() ? Requests : Requests + 1, answers.Length);
        Assert.All(answers[..Requests].Index(), answer => Assert.EndsWith(
            $"<{(answer.Index % 2 == 0 ? 0 : answer.Index)}>", answer.Item.TrimEnd(), StringComparison.Ordinal));
        Assert.All(answers[..^1], answer => Assert.DoesNotContain("Connection: close", answer, StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Connection: close", answers[^1], StringComparison.OrdinalIgnoreCase);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(transport.NeedsKernelTls() ? 1 : 0, (await proxy.ReadStatisticsAsync()).RekeyRefused);
    }

    [Theory]
    [InlineData(Transport.Tls13KernelTransmit)]
    [Trait("Kernel", "tls")]
    public async Task An_upload_during_which_a_client_asks_for_keys_is_finished_and_answered(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(Encoding.ASCII.GetBytes($"<{exchange.Body.Length}>")));
        await using var client = await OpenAsync(proxy, transport);

        client.Write($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n{new string('x', 100_000)}");
        client.UpdateKeys(requested: true);
        await client.FlushAsync();
        await proxy.WaitUntilAsync(now => now.RekeyRefused == 1, "one request for keys");
        client.Write(new string('x', 100_000));
        await client.FlushAsync();

        await client.WaitForEndAsync();
        Assert.Equal(ClientEnd.CloseNotify, client.End);
        Assert.Contains("<200000>", client.Text, StringComparison.Ordinal);
        Assert.Contains("Connection: close", client.Text, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Transport.Tls13KernelTransmit)]
    [Trait("Kernel", "tls")]
    public async Task A_head_that_has_begun_before_a_client_asks_for_keys_is_answered_as_the_last(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        await using var client = await OpenAsync(proxy, transport);

        client.Write("GET /health HTTP/1.1\r\nHo");
        client.UpdateKeys(requested: true);
        client.Write("st: localhost\r\n\r\n");
        await client.FlushAsync();

        await client.WaitForEndAsync();
        Assert.Equal(ClientEnd.CloseNotify, client.End);
        Assert.Contains("HTTP/1.1 200 OK", client.Text, StringComparison.Ordinal);
        Assert.Contains("Connection: close", client.Text, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<LibSslClient> OpenAsync(ProxyProcess proxy, Transport transport)
    {
        var client = await LibSslClient.OpenAsync(proxy, transport);
        // What comes together with the end of the handshake is opened before the kernel has the keys.
        if (transport.NeedsKernelTls())
            await proxy.WaitUntilAsync(now => now.KernelTransmit == 1, "keys in the kernel");
        return client;
    }
}
