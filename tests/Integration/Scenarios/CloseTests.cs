using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>No tail is cut: what the proxy has sent arrives, however slowly it is read.</summary>
public sealed class CloseTests(SharedProxies shared)
{
    [Theory]
    [MemberData(nameof(Matrix.Transports), MemberType = typeof(Matrix))]
    public async Task A_slow_reader_gets_every_byte_before_the_close_in_sixty_runs(Transport transport)
    {
        const int Runs = 60;
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport, "--send-buffer", "12000");
        // A multiple of a full record, so that the last record is pushed by nothing that follows.
        var content = TestContent.Make(16 * 16_384);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: max-age=3600"));

        for (var run = 0; run < Runs; run++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport, receiveBuffer: 4096);
            await client.RequestAsync(path, Persistence.Close);
            var head = await client.ReadHeadAsync();
            // The proxy has to have sent all it can before the client reads on.
            var body = new byte[content.Length];
            for (var read = 0; read < body.Length; read += 4096)
            {
                await client.Reader.ReadExactlyAsync(body.AsMemory(read, 4096), client.Limit);
                if (read % (64 * 1024) == 0)
                    await Task.Yield();
            }

            Assert.Equal(200, head.Status);
            Assert.True(content.AsSpan().SequenceEqual(body), $"run {run} differs");
            Assert.True(await client.IsClosedByProxyAsync());
        }
    }

    /// <summary>What is counted are segments with data in them, so that neither acknowledgements nor the FIN matter.</summary>
    [Theory]
    [InlineData(Transport.Tls12User)]
    [InlineData(Transport.Tls13User)]
    public async Task The_end_is_told_in_the_segment_of_the_last_answer(Transport transport)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(1000), "Cache-Control: max-age=3600"));
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        await client.GetAsync(path);
        var before = client.CountDataSegments();
        await client.GetAsync(path);
        var kept = client.CountDataSegments();

        await client.GetAsync(path, Persistence.Close);

        Assert.True(await client.IsClosedByProxyAsync());
        Assert.Equal(kept - before, client.CountDataSegments() - kept);
    }
}
