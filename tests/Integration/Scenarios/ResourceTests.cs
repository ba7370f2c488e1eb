using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What a proxy costs, in numbers that don't vary. Each test has a proxy of its own and reads its counters.</summary>
[Collection("alone")]
public sealed class ResourceTests(SharedProxies shared)
{
    // What the two readings of the statistics allocate, and the runtime beside them; far less than a byte a hit.
    private const long Noise = 256 * 1024;

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls12User)]
    [InlineData(Transport.Tls13User)]
    public async Task A_hundred_thousand_hits_on_a_kept_connection_allocate_nothing(Transport transport)
    {
        const int Hits = 100_000;
        const int Pipelined = 50;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(1024), "Cache-Control: max-age=3600"));
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        var length = (await client.GetAsync(path)).Body.Length;
        await HitAsync(client, path, Pipelined, 20_000);

        await proxy.ReadStatisticsAsync();
        var before = await proxy.ReadStatisticsAsync();
        await HitAsync(client, path, Pipelined, Hits);
        var after = await proxy.ReadStatisticsAsync();

        Assert.Equal(1024, length);
        Assert.Equal(Hits, after.Hits - before.Hits);
        Assert.Equal(0, after.Collections - before.Collections);
        Assert.InRange(after.AllocatedBytes - before.AllocatedBytes, 0, Noise);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("Range: bytes=100-199\r\n", 206)]
    [InlineData("If-None-Match: \"v0\", W/\"v1\"\r\n", 304)]
    [InlineData("If-Range: \"v1\"\r\nRange: bytes=9999-\r\n", 416)]
    public async Task Hits_with_a_range_or_a_condition_allocate_nothing_either(string fields, int status)
    {
        const int Hits = 20_000;
        const int Pipelined = 50;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(
            TestContent.Make(1024), "Cache-Control: max-age=3600", "ETag: \"v1\""));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(path);
        await HitAsync(client, path, Pipelined, 10_000, fields, status);

        await proxy.ReadStatisticsAsync();
        var before = await proxy.ReadStatisticsAsync();
        await HitAsync(client, path, Pipelined, Hits, fields, status);
        var after = await proxy.ReadStatisticsAsync();

        Assert.Equal(Hits, after.Hits - before.Hits);
        Assert.InRange(after.AllocatedBytes - before.AllocatedBytes, 0, Noise);
    }

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task A_miss_that_is_passed_through_on_kept_connections_allocates_at_most_3300_bytes(Transport transport)
    {
        const int Misses = 5_000;
        const int Pipelined = 50;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(1024), "Cache-Control: no-store"));
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        await HitAsync(client, path, Pipelined, Misses);

        await proxy.ReadStatisticsAsync();
        var before = await proxy.ReadStatisticsAsync();
        await HitAsync(client, path, Pipelined, Misses);
        var after = await proxy.ReadStatisticsAsync();

        Assert.Equal(2 * Misses, shared.Scripted.CountRequests(path));
        Assert.InRange((after.AllocatedBytes - before.AllocatedBytes - Noise) / Misses, 0, 3300);
    }

    [Fact]
    public async Task An_idle_proxy_does_not_enter_the_kernel()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
        var before = await proxy.WaitUntilAsync(statistics => statistics.OpenConnections == 1, "one connection");

        // Five seconds are what is measured, not waited for.
        await Task.Delay(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

        Assert.Equal(before.LoopEnters, (await proxy.ReadStatisticsAsync()).LoopEnters);
    }

    [Fact]
    public async Task An_established_connection_that_is_idle_holds_little_memory()
    {
        const Transport Records = Transport.Tls13User;
        const int Warm = 500;
        const int Idle = 2000;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Records, "--head-timeout", "5m");
        var clients = new List<ClientConnection>();
        await OpenIdleAsync(Warm);
        await proxy.WaitUntilAsync(now => now.OpenConnections == Warm, "the first connections");
        var segments = (await proxy.ReadStatisticsAsync()).RentedSegments;
        var before = proxy.ReadResidentBytes();

        await OpenIdleAsync(Idle);

        var each = (proxy.ReadResidentBytes() - before) / Idle;
        // With what the managed heap has grown by, which differs from run to run.
        Assert.InRange(each, 0, 16 * 1024);
        // None of them has a buffer, or anything of the TLS library's handshake.
        var statistics = await proxy.WaitUntilAsync(
            now => now.OpenConnections == Warm + Idle && now.HandshakesHeld == 0, "no handshake's memory");
        Assert.Equal(segments, statistics.RentedSegments);
        foreach (var client in clients)
            await client.DisposeAsync();

        async Task OpenIdleAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                clients.Add(await ClientConnection.OpenAsync(proxy, Records));
                Assert.Equal(200, (await clients[^1].GetAsync("/health")).Status);
            }
        }
    }

    [Theory]
    [InlineData(Transport.Tls12User)]
    [InlineData(Transport.Tls13User)]
    public async Task The_life_of_a_connection_with_a_full_handshake_allocates_little(Transport transport)
    {
        const int Connections = 1000;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(5000), "Cache-Control: max-age=3600"));
        await RunAsync(proxy, transport, path, Connections / 4, atOnce: 1, resumes: false);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        var before = await proxy.ReadStatisticsAsync();

        await RunAsync(proxy, transport, path, Connections, atOnce: 1, resumes: false);

        var after = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal((Connections, 0), (after.Handshakes - before.Handshakes, after.ResumedHandshakes));
        // The objects of a handshake are BouncyCastle's, and new for each.
        var bound = (TestRun.Engine ?? after.Engine) == "bouncycastle" ? 96 * 1024 : 4096;
        Assert.InRange((after.AllocatedBytes - before.AllocatedBytes) / Connections, 0, bound);
    }

    [Theory]
    [InlineData(Transport.Plaintext, 10_000)]
    [InlineData(Transport.Tls13User, 10_000)]
    public async Task Nothing_is_left_of_ten_thousand_connections(Transport transport, int connections)
    {
        const int AtOnce = 50;
        // Its descriptors are counted from outside.
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport, "--core-dumps");
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(5000), "Cache-Control: max-age=3600"));
        await RunAsync(proxy, transport, path, AtOnce, AtOnce);
        var before = await proxy.WaitUntilAsync(now => now.OpenConnections == 0 && now.FetchesInFlight == 0, "no connection");
        var descriptors = proxy.CountDescriptors();

        await RunAsync(proxy, transport, path, connections, AtOnce);

        var after = await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        Assert.Equal(connections, after.AcceptedConnections - before.AcceptedConnections);
        // Less a connection to the origin that has rested for long enough.
        Assert.InRange(after.SlotsInUse, 1, before.SlotsInUse);
        Assert.Equal(before.RentedSegments, after.RentedSegments);
        Assert.InRange(proxy.CountDescriptors(), 1, descriptors + 2);
    }

    [Fact]
    public async Task A_cache_under_churn_keeps_its_limits_and_gives_evicted_memory_back()
    {
        const int Limit = 4 << 20;
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--cache-size", "4MiB", "--cache-objects", "50");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 400; i++)
        {
            var size = 1000 + (i * 700 % 400_000);
            var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(size), "Cache-Control: max-age=3600"));
            Assert.Equal(size, (await client.GetAsync(path)).Body.Length);
            var now = await proxy.ReadStatisticsAsync();
            Assert.InRange(now.CacheBytes, 0, Limit);
            Assert.InRange(now.CacheEntries, 0, 50);
        }

        var statistics = await proxy.WaitUntilAsync(now => now.FetchesInFlight == 0, "no fetch");
        // The bodies of what is stored, the answers made at the start, and little else.
        Assert.InRange(statistics.RentedSegments, 1, 50 + 60);
    }

    private static async Task HitAsync(ClientConnection client, string path, int pipelined, int count, string fields = "", int status = 200)
    {
        var requests = Encoding.ASCII.GetBytes(string.Concat(
            Enumerable.Repeat($"GET {path} HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n", pipelined)));
        for (var sent = 0; sent < count; sent += pipelined)
        {
            await client.SendAsync(requests);
            for (var i = 0; i < pipelined; i++)
                Assert.Equal(status, (await client.ReadReplyAsync()).Status);
        }
    }

    private static async Task RunAsync(
        ProxyProcess proxy, Transport transport, string path, int connections, int atOnce, bool resumes = true)
    {
        var left = connections;
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await using var client = await ClientConnection.OpenAsync(proxy, transport, resumes: resumes);
                Assert.Equal(5000, (await client.GetAsync(path, Persistence.Close)).Body.Length);
            }
        }));
    }
}
