using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>What openssl does with a session that is there already: changes keys, asks for new ones, negotiates again.</summary>
public sealed class AfterHandshakeTests(SharedProxies shared)
{
    public static IEnumerable<TheoryDataRow<Transport, string, bool>> KeyUpdates()
    {
        // The letter k changes the client's keys, K asks for new ones of the proxy too: what the kernel has taken can't be changed.
        foreach (var (transport, letter, goesOn) in new[]
        {
            (Transport.Tls13User, "k", true), (Transport.Tls13User, "K", true),
            (Transport.Tls13KernelTransmit, "k", true), (Transport.Tls13KernelTransmit, "K", false),
            (Transport.Tls13KernelBoth, "k", false), (Transport.Tls13KernelBoth, "K", false),
        })
        {
            var row = new TheoryDataRow<Transport, string, bool>(transport, letter, goesOn);
            yield return transport.NeedsKernelTls() ? row.WithTrait("Kernel", "tls") : row;
        }
    }

    [Theory]
    [MemberData(nameof(KeyUpdates))]
    public async Task A_client_may_change_keys_unless_the_kernel_has_them(Transport transport, string letter, bool goesOn)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        await using var client = await OpenSslTerminal.OpenAsync(proxy, transport);
        // What comes together with the end of the handshake is opened before the kernel has the keys.
        await AskAsync(client, "answer 0");

        for (var i = 1; i <= 3; i++)
        {
            await client.TypeAsync(letter + "\n");
            if (!goesOn)
                break;
            await client.WaitForAsync("KEYUPDATE", times: i);
            await AskAsync(client, $"answer {i}");
        }

        if (goesOn)
        {
            var statistics = await proxy.WaitUntilAsync(now => now.KeyUpdates == 3, "three key updates");
            Assert.Equal(0, statistics.RekeyRefused);
            return;
        }

        await proxy.WaitUntilAsync(now => now is { KeyUpdates: 1, RekeyRefused: 1 }, "one key update, refused");
        // close_notify, and then the end of the connection.
        await client.WaitForEndAsync();
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
    }

    public static IEnumerable<TheoryDataRow<Transport>> Tls12Transports() => Matrix.Transports()
        .Where(row => row.Data.IsTls() && row.Data.Protocol() == System.Security.Authentication.SslProtocols.Tls12);

    [Theory]
    [MemberData(nameof(Tls12Transports))]
    public async Task A_client_that_wants_to_renegotiate_is_told_that_this_is_not_done(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        await using var client = await OpenSslTerminal.OpenAsync(proxy, transport);
        await AskAsync(client, "answer");

        await client.TypeAsync("R\n");

        // openssl gives the session up for it.
        await client.WaitForEndAsync();
        Assert.Contains("no renegotiation", client.Said, StringComparison.Ordinal);
        var statistics = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(1, statistics.RenegotiationsRefused);
    }

    public static IEnumerable<TheoryDataRow<Transport>> TlsTransports() => Matrix.Transports().Where(row => row.Data.IsTls());

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task A_record_that_does_not_open_is_answered_with_an_alert(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        Assert.Equal(200, (await client.GetAsync("/health")).Status);

        // As long as the record of a request might be.
        await client.Wire.WriteAsync((byte[])[23, 3, 3, 0, 64, .. new byte[64]], client.Limit);

        var failure = await Assert.ThrowsAnyAsync<IOException>(async () => await client.ReadReplyAsync());
        Assert.Contains("bad record mac", failure.ToString(), StringComparison.OrdinalIgnoreCase);
        await proxy.WaitUntilAsync(now => now is { AlertsSent: 1, OpenConnections: 0 }, "one alert");
    }

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task A_client_that_has_said_its_last_word_still_gets_its_answer(Transport transport)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var ended = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await ended.WaitAsync(exchange.End);
            await exchange.AnswerAsync(TestContent.Make(100_000));
        });
        await using var client = await ClientConnection.OpenAsync(proxy, transport);

        // The kernel takes no keys of a connection whose peer has ended: they are to be there before.
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
        await client.RequestAsync(path);
        await client.EndTlsAsync();
        client.EndSending();
        ended.Arrive();

        Assert.Equal(TestContent.Make(100_000), (await client.ReadReplyAsync()).Body);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task A_request_that_is_cut_off_is_never_taken_for_whole(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var whole = 0;
        var path = shared.Scripted.Add(exchange =>
        {
            // The origin may have begun to read a request that never ends.
            Interlocked.Increment(ref whole);
            return exchange.AnswerAsync(exchange.Body);
        });
        foreach (var request in new[]
        {
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf",
            $"POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            $"GET {path} HTTP/1.1\r\nHost: localhost\r\n",
        })
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            // The kernel takes no keys of a connection whose peer has ended: they are to be there before.
            Assert.Equal(200, (await client.GetAsync("/health")).Status);
            await client.SendAsync(request);
            client.EndSending();
            Assert.True(await client.IsClosedByProxyAsync());
        }

        await proxy.WaitUntilAsync(now => now is { OpenConnections: 0, FetchesInFlight: 0, Truncated: 3 }, "three cut streams");
        Assert.Equal(0, Volatile.Read(ref whole));
    }

    private async Task AskAsync(OpenSslTerminal client, string answer)
    {
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(Encoding.ASCII.GetBytes($"<{answer}>")));
        await client.TypeAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await client.WaitForAsync($"<{answer}>");
    }
}
