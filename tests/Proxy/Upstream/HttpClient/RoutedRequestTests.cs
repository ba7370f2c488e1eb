using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

public sealed class RoutedRequestTests
{
    [Fact]
    public async Task Each_request_goes_to_the_origin_of_its_route_over_a_connection_of_its_own()
    {
        await using var one = Answering("1");
        await using var two = Answering("2");
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal("1", await AskAsync(one, one.Route));
            Assert.Equal("2", await AskAsync(one, two.Route));
        }

        Assert.Equal((1, 1), (one.Connections, two.Connections));
    }

    private static WireOrigin Answering(string body) =>
        WireOrigin.Answering(OriginKind.HttpClient, $"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{body}", closes: false);

    private static async Task<string> AskAsync(WireOrigin client, OriginRoute route)
    {
        var plain = OriginRequests.Create("/");
        var sink = client.Send(new OriginRequest
        {
            Method = KnownMethod.Get,
            MethodText = plain.MethodText,
            Target = plain.Target,
            Fields = plain.Fields,
            Route = route,
        });
        Assert.Equal(OriginFailure.None, await sink.End);
        return sink.Body;
    }
}
