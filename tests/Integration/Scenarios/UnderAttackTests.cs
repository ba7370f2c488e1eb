using System.Security.Authentication;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Clients that mean harm cost little and keep nobody else waiting. Each test has a proxy of its own.</summary>
[Collection("alone")]
public sealed class UnderAttackTests(SharedProxies shared)
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public async Task Two_thousand_half_open_handshakes_cost_little_memory_and_give_it_back()
    {
        const int Count = 2000;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--handshake-timeout", "5m");
        var hello = await ClientHello.CaptureAsync(SslProtocols.Tls13);
        // What the runtime takes to compile what is used often is no cost of the attack.
        for (var i = 0; i < 400; i++)
            await ServedAsync(proxy, i);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        var before = proxy.ReadResidentBytes();

        var clients = await OpenManyAsync(proxy, Count, i => i % 4 == 0 ? hello : i % 2 == 0 ? hello[..3] : []);
        // Each of those past its hello holds an SSL object, each of those with three bytes these.
        await proxy.WaitUntilAsync(
            now => now.OpenConnections == Count && now.HandshakesHeld == Count / 2, "half of the handshakes holding memory");
        var during = proxy.ReadResidentBytes();
        for (var i = 0; i < 20; i++)
            await ServedAsync(proxy, i);
        await CloseAsync(clients);

        Assert.InRange(during - before, 0, 64 * Mebibyte);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0 && now.HandshakesHeld == 0, "no connection");
        // An engine's managed objects are garbage then, which the collector needn't look for before it is asked.
        Assert.Equal(200, (await proxy.PostAsync("/memory/collect")).Status);
        await proxy.WaitForResidentBytesAsync(before + (16 * Mebibyte));
    }

    [Fact]
    public async Task Beyond_the_limit_the_oldest_half_open_handshake_is_dropped_and_a_new_one_is_served()
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Tls13User, "--handshake-timeout", "5m", "--max-handshakes", "20", "--workers", "2");
        var hello = await ClientHello.CaptureAsync(SslProtocols.Tls13);
        var clients = await OpenManyAsync(proxy, 200, _ => hello);

        // Those of one worker may be few, but no worker holds more than its half.
        var statistics = await proxy.WaitUntilAsync(
            now => now.HandshakesHeld + now.HandshakesDropped == 200, "200 handshakes held or dropped");
        Assert.InRange(statistics.HandshakesHeld, 1, 20);
        for (var i = 0; i < 20; i++)
            await ServedAsync(proxy, i);
        await CloseAsync(clients);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0 && now.HandshakesHeld == 0, "no connection");
    }

    [Fact]
    public async Task A_rush_of_handshakes_waits_its_turn()
    {
        const int Count = 300;
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Tls13User, "--handshakes-per-turn", "1", "--workers", "1");

        await Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(() => ServedAsync(proxy, i))));

        var statistics = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(Count, statistics.Handshakes);
        Assert.InRange(statistics.HandshakesDelayed, 1, long.MaxValue);
    }

    [Fact]
    public async Task A_client_is_served_while_others_stall_at_every_stage()
    {
        const int AtEachStage = 30;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User);
        var stalls = await Stalls.CreateAsync(proxy, LargeObject());
        var clients = new List<ClientConnection>();
        foreach (var stall in Enum.GetValues<Stall>())
        {
            for (var i = 0; i < AtEachStage; i++)
                clients.Add(await stalls.OpenAsync(stall));
            for (var i = 0; i < 4; i++)
                await ServedAsync(proxy, i);
        }

        Assert.InRange((await proxy.ReadStatisticsAsync()).OpenConnections, clients.Count, long.MaxValue);
        await CloseAsync(clients);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0 && now.FetchesInFlight == 0, "no connection");
    }

    [Fact]
    public async Task A_deadline_ends_a_stall_at_every_stage()
    {
        string[] deadlines =
        [
            "--handshake-timeout", "500ms", "--head-timeout", "500ms", "--body-timeout", "500ms", "--write-timeout", "500ms",
        ];
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, deadlines);
        var stalls = await Stalls.CreateAsync(proxy, LargeObject());
        var clients = new List<ClientConnection>();
        foreach (var stall in Enum.GetValues<Stall>())
            clients.Add(await stalls.OpenAsync(stall));

        var statistics = await proxy.WaitUntilAsync(
            now => now.AcceptedConnections == clients.Count && now.OpenConnections == 0, "no connection");

        Assert.Equal(0, statistics.HandshakesHeld);
        await CloseAsync(clients);
    }

    [Fact]
    public async Task Garbage_resets_and_cut_records_leave_nothing_and_keep_nobody_waiting()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(5000), "Cache-Control: max-age=3600"));
        await using (var first = await ClientConnection.OpenAsync(proxy, Transport.Tls13User))
            await first.GetAsync(path);
        var before = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        var hello = await ClientHello.CaptureAsync(SslProtocols.Tls13);

        for (var seed = 0; seed < 300; seed++)
        {
            await AttackAsync(proxy, hello, path, new Random(seed));
            if (seed % 30 == 0)
                await ServedAsync(proxy, seed);
        }

        var after = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(before.SlotsInUse, after.SlotsInUse);
        Assert.Equal(before.RentedSegments, after.RentedSegments);
        Assert.Equal(0, after.HandshakesHeld);
        Assert.InRange(after.Truncated, 1, 300);
    }

    private static async Task AttackAsync(ProxyProcess proxy, byte[] hello, string path, Random random)
    {
        var garbage = new byte[random.Next(1, 3000)];
        random.NextBytes(garbage);
        if (random.Next(2) == 0)
            (garbage[0], garbage[^1]) = ((byte)random.Next(20, 25), 3);
        var transport = random.Next(2) == 0 ? Transport.Tls13User : Transport.Tls12User;
        await using var client = random.Next(2) == 0
            ? await ClientConnection.OpenAsync(proxy, transport)
            : await ClientConnection.OpenRawAsync(proxy.Port(transport));
        try
        {
            switch (random.Next(4))
            {
                case 0:
                    await client.Wire.WriteAsync(garbage, client.Limit);
                    break;
                case 1:
                    await client.Wire.WriteAsync(hello, client.Limit);
                    await client.Wire.WriteAsync(garbage, client.Limit);
                    break;
                case 2:
                    client.Wire.CutAfter(writes: 0);
                    await client.RequestAsync(path);
                    client.EndSending();
                    break;
                default:
                    await client.Wire.WriteAsync(hello.AsMemory(0, random.Next(1, hello.Length)), client.Limit);
                    break;
            }

            if (random.Next(2) == 0)
                client.Reset();
        }
        catch (IOException)
        {
            // The proxy was quicker to end it.
            return;
        }
    }

    private static async Task ServedAsync(ProxyProcess proxy, int number)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, number % 2 == 0 ? Transport.Tls13User : Transport.Tls12User);
        Assert.Equal(200, (await client.GetAsync("/health", Persistence.Close)).Status);
    }

    private static async Task<List<ClientConnection>> OpenManyAsync(ProxyProcess proxy, int count, Func<int, byte[]> bytes)
    {
        var clients = new List<ClientConnection>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(await ClientConnection.OpenRawAsync(proxy.Port(Transport.Tls13User)));
            await clients[^1].SendAsync(bytes(i));
        }

        return clients;
    }

    private static async Task CloseAsync(List<ClientConnection> clients)
    {
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    private string LargeObject() =>
        shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(8 << 20), "Cache-Control: max-age=3600"));
}
