using System.Globalization;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Answers without an end, such as server-sent events.</summary>
public sealed class EndlessAnswerTests(SharedProxies shared)
{
    private const int Events = 5;

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task Each_event_reaches_its_client_before_the_next_is_made_and_the_origin_is_left_with_the_client(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var gates = Enumerable.Range(0, Events).Select(_ => new Gate(1)).ToArray();
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync(
                "HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Cache-Control: no-store", "Transfer-Encoding: chunked",
                "X-Accel-Buffering: no");
            foreach (var (gate, number) in gates.Select((gate, number) => (gate, number)))
            {
                await exchange.SendChunkAsync(Event(number));
                await gate.WaitAsync(exchange.End);
            }

            // Nothing more comes: it is the proxy that notices the end.
            await Task.Delay(Timeout.Infinite, exchange.End);
        });

        await using (var client = await ClientConnection.OpenAsync(proxy, transport))
        {
            await client.RequestAsync(path);
            Assert.Equal("no", (await client.ReadHeadAsync())["X-Accel-Buffering"]);
            foreach (var (gate, number) in gates.Select((gate, number) => (gate, number)))
            {
                Assert.Equal(Encoding.ASCII.GetString(Chunk(number)), await ReadAsync(client, Chunk(number).Length));
                gate.Arrive();
            }

            Assert.Equal(1, (await proxy.ReadStatisticsAsync()).FetchesInFlight);
            // An end in order might be half of one: its client may still read.
            client.Reset();
        }

        await proxy.WaitUntilAsync(now => now.FetchesInFlight == 0, "no fetch");
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("64KiB")]
    public async Task One_that_may_be_stored_is_left_when_so_many_bytes_have_come_without_a_reader(string bytes)
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--fill-without-readers", bytes);
        var left = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked");
            await exchange.SendChunkAsync(Event(0));
            await left.WaitAsync(exchange.End);
            if (bytes != "0")
                await exchange.SendChunkAsync(TestContent.Make(100_000));
            await Task.Delay(Timeout.Infinite, exchange.End);
        });
        await using (var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext))
        {
            await client.RequestAsync(path);
            await client.ReadHeadAsync();
            await ReadAsync(client, Chunk(0).Length);
            client.Reset();
        }

        await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no connection");
        left.Arrive();

        var after = await proxy.WaitUntilAsync(now => now.FetchesInFlight == 0, "no fetch");
        Assert.Equal(0, after.CacheEntries);
    }

    private static byte[] Event(int number) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"data: {number}\n\n"));

    private static byte[] Chunk(int number)
    {
        var length = Event(number).Length.ToString("x", CultureInfo.InvariantCulture);
        return [.. Encoding.ASCII.GetBytes(length + "\r\n"), .. Event(number), .. "\r\n"u8];
    }

    private static async Task<string> ReadAsync(ClientConnection client, int count)
    {
        var read = new byte[count];
        await client.Reader.ReadExactlyAsync(read, client.Limit);
        return Encoding.ASCII.GetString(read);
    }
}
