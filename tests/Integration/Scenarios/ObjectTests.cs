using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

public sealed class ObjectTests(SharedProxies shared)
{
    [Theory]
    [MemberData(nameof(Matrix.Cells), MemberType = typeof(Matrix))]
    public async Task An_object_arrives_whole_and_its_second_fetch_never_reaches_the_origin(Transport transport, Persistence persistence)
    {
        var proxy = await shared.BeforeNginxAsync(transport);
        var nginx = await shared.NginxAsync();
        var content = TestContent.Make(1_345_292);
        var path = nginx.Add($"{transport}-{persistence}.bin", content);

        Assert.Equal(content, await Curl.GetAsync(proxy, transport, persistence, path));
        Assert.Equal(content, await Curl.GetAsync(proxy, transport, persistence, path));
        Assert.Equal(1, await nginx.CountRequestsAsync(path));
    }

    [Theory]
    [MemberData(nameof(Matrix.Suites), MemberType = typeof(Matrix))]
    public async Task Every_suite_carries_identical_bytes_to_openssl(Transport transport, string suite)
    {
        var proxy = await shared.BeforeNginxAsync(transport);
        var content = TestContent.Make(400_000, seed: 7);
        var path = (await shared.NginxAsync()).Add($"{transport}-{suite}.bin", content);

        // The first answer streams from the origin, the second comes from the cache.
        for (var i = 0; i < 2; i++)
        {
            var received = await OpenSslClient.GetAsync(proxy, transport, suite, path);
            var body = received.AsSpan(received.AsSpan().IndexOf("\r\n\r\n"u8) + 4);
            Assert.StartsWith("HTTP/1.1 200", System.Text.Encoding.Latin1.GetString(received, 0, 12), StringComparison.Ordinal);
            Assert.True(body.SequenceEqual(content), $"{body.Length} bytes came, {content.Length} were sent, or they differ");
        }
    }

    [Theory]
    [MemberData(nameof(Matrix.Transports), MemberType = typeof(Matrix))]
    public async Task Records_are_made_where_the_option_says(Transport transport)
    {
        RunningKernel.SkipUnlessAble(transport);
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, transport);
        await using (var client = await ClientConnection.OpenAsync(proxy, transport))
            Assert.Equal(200, (await client.GetAsync("/health")).Status);

        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Equal(transport.NeedsKernelTls() ? 1 : 0, statistics.KernelTransmit);
        Assert.Equal(transport.KtlsOption() == "both" ? 1 : 0, statistics.KernelReceive);
    }
}
