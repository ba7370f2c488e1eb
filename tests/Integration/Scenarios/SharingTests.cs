using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What holds when many want what the origin is still producing.</summary>
public sealed class SharingTests(SharedProxies shared)
{
    private const int ChunkCount = 20;

    [Theory]
    [MemberData(nameof(Matrix.Transports), MemberType = typeof(Matrix))]
    public async Task Two_hundred_clients_share_one_fetch_and_hold_each_chunk_before_the_next_is_made(Transport transport)
    {
        const int Clients = 200;
        var proxy = await shared.BeforeScriptedAsync(transport);
        // In a kernel whose ciphers are plain C the same is seen with less to encrypt; one kernel transport carries all of it.
        var chunk = TestContent.Make(transport.NeedsKernelTls() && transport != Transport.Tls13KernelTransmit ? 50_000 : 524_288);
        var gates = Enumerable.Range(0, ChunkCount).Select(_ => new Gate(Clients)).ToArray();
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", $"Content-Length: {chunk.Length * ChunkCount}", "Cache-Control: max-age=60");
            foreach (var gate in gates)
            {
                await exchange.SendAsync(chunk);
                await gate.WaitAsync(exchange.End);
            }
        });

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => ReadInStepAsync(proxy, transport, path, chunk, gates)));

        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task A_body_of_unknown_length_reaches_late_clients_from_its_beginning_as_it_arrives(Transport transport)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var halves = new[] { TestContent.Make(30_000, seed: 1), TestContent.Make(30_000, seed: 2) };
        var seen = new Gate(2);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
            await exchange.SendChunkAsync(halves[0]);
            await seen.WaitAsync(exchange.End);
            await exchange.SendChunkAsync(halves[1]);
            await exchange.SendLastChunkAsync();
        });

        await using var early = await BeginAsync(proxy, transport, path);
        var (earlyHead, earlyChunk) = (await early.ReadHeadAsync(), new byte[1]);
        await early.Reader.ReadExactlyAsync(earlyChunk, early.Limit);
        seen.Arrive();
        await using var late = await BeginAsync(proxy, transport, path);
        var lateHead = await late.ReadHeadAsync();
        Assert.Equal("chunked", lateHead["Transfer-Encoding"]);
        seen.Arrive();

        byte[] whole = [.. halves[0], .. halves[1]];
        Assert.Equal("chunked", earlyHead["Transfer-Encoding"]);
        Assert.Equal(whole, await MessageBody.ReadAsync(late.Reader, lateHead, untilClose: false, late.Limit));
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task Clients_that_wait_for_the_head_are_released_together_by_one_fetch()
    {
        const int Clients = 20;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var waiting = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await waiting.WaitAsync(exchange.End);
            await exchange.AnswerAsync("playlist"u8.ToArray(), "Cache-Control: max-age=60");
        });

        var answers = Enumerable.Range(0, Clients).Select(_ => GetAsync(proxy, Transport.Plaintext, path)).ToArray();
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == Clients, "20 subscribers");
        waiting.Arrive();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("playlist", answer.Text));
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task Waiters_of_an_answer_that_may_not_be_shared_fetch_for_themselves_all_at_once()
    {
        const int Clients = 10;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var first = new Gate(1);
        // Each of the other fetches is answered only when all of them have reached the origin.
        var others = new Gate(Clients - 1);
        var requests = 0;
        var path = shared.Scripted.Add(async exchange =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                await first.WaitAsync(exchange.End);
            }
            else
            {
                others.Arrive();
                await others.WaitAsync(exchange.End);
            }

            await exchange.AnswerAsync("mine"u8.ToArray(), "Cache-Control: private");
        });

        var answers = Enumerable.Range(0, Clients).Select(_ => GetAsync(proxy, Transport.Plaintext, path)).ToArray();
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == Clients, "10 subscribers");
        first.Arrive();

        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal("mine", answer.Text));
        Assert.Equal(Clients, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task The_fetch_goes_on_when_the_client_that_began_it_leaves(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var content = TestContent.Make(200_000);
        var left = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", $"Content-Length: {content.Length}", "Cache-Control: max-age=60");
            await exchange.SendAsync(content.AsMemory(0, 100_000));
            await left.WaitAsync(exchange.End);
            await exchange.SendAsync(content.AsMemory(100_000));
        });

        await using (var leader = await BeginAsync(proxy, transport, path))
        {
            await leader.ReadHeadAsync();
            await using var follower = await BeginAsync(proxy, transport, path);
            var head = await follower.ReadHeadAsync();
            leader.Reset();
            await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 1, "one subscriber");
            left.Arrive();
            Assert.Equal(content, await MessageBody.ReadAsync(follower.Reader, head, untilClose: false, follower.Limit));
        }

        Assert.Equal(content, (await GetAsync(proxy, transport, path)).Body);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task A_client_that_does_not_read_keeps_nobody_waiting(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var content = TestContent.Make(20_000_000);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: max-age=60"));

        await using var idle = await BeginAsync(proxy, transport, path);
        await idle.ReadHeadAsync();

        Assert.Equal(content, (await GetAsync(proxy, transport, path)).Body);
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [MemberData(nameof(Matrix.Transports), MemberType = typeof(Matrix))]
    public async Task A_body_cut_at_the_origin_is_never_taken_for_a_whole_one(Transport transport)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        foreach (var framing in new[] { "Content-Length: 100000", "Transfer-Encoding: chunked" })
        {
            var requests = 0;
            var path = shared.Scripted.Add(async exchange =>
            {
                if (Interlocked.Increment(ref requests) > 1)
                {
                    await exchange.AnswerAsync("whole"u8.ToArray(), "Cache-Control: max-age=60");
                    return;
                }

                await exchange.SendHeadAsync("HTTP/1.1 200 OK", framing, "Cache-Control: max-age=60");
                if (framing.StartsWith('C'))
                    await exchange.SendAsync(TestContent.Make(50_000));
                else
                    await exchange.SendChunkAsync(TestContent.Make(50_000));
                exchange.Close();
            });

            await Assert.ThrowsAnyAsync<IOException>(() => GetAsync(proxy, transport, path));
            Assert.Equal("whole", (await GetAsync(proxy, transport, path)).Text);
        }
    }

    [Fact]
    public async Task A_body_larger_than_what_is_stored_reaches_its_readers_through_a_window()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--max-object-size", "1MiB");
        var content = TestContent.Make(30_000_000);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
            foreach (var chunk in content.Chunk(1_000_000))
                await exchange.SendChunkAsync(chunk);
            await exchange.SendLastChunkAsync();
        });

        Assert.Equal(content, (await GetAsync(proxy, Transport.Plaintext, path)).Body);
        Assert.Equal(content, (await GetAsync(proxy, Transport.Plaintext, path)).Body);
        Assert.Equal(2, shared.Scripted.CountRequests(path));
        var statistics = await proxy.WaitUntilAsync(now => now.FetchesInFlight == 0, "no fetch");
        Assert.Equal(0, statistics.CacheEntries);
    }

    private static async Task ReadInStepAsync(ProxyProcess proxy, Transport transport, string path, byte[] chunk, Gate[] gates)
    {
        await using var client = await BeginAsync(proxy, transport, path);
        await client.ReadHeadAsync();
        var read = new byte[chunk.Length];
        foreach (var gate in gates)
        {
            await client.Reader.ReadExactlyAsync(read, client.Limit);
            Assert.True(chunk.AsSpan().SequenceEqual(read), "the chunk differs");
            gate.Arrive();
        }
    }

    private static async Task<ClientConnection> BeginAsync(ProxyProcess proxy, Transport transport, string path)
    {
        var client = await ClientConnection.OpenAsync(proxy, transport);
        await client.RequestAsync(path);
        return client;
    }

    private static async Task<ClientReply> GetAsync(ProxyProcess proxy, Transport transport, string path)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        return await client.GetAsync(path);
    }
}
