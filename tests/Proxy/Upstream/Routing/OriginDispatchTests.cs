using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Upstream.Routing;

public sealed class OriginDispatchTests
{
    private readonly OriginCluster[] _clusters =
        [new(new OriginOptions { Host = "a", Port = 1 }), new(new OriginOptions { Host = "b", Port = 1 })];

    private readonly Dictionary<OriginCluster, HeldOrigin> _origins = [];

    [Fact]
    public void A_request_goes_to_the_origin_of_its_route()
    {
        var dispatch = Create();
        dispatch.Start(Request("/x", _clusters[1]), new RecordingSink());

        Assert.Empty(_origins[_clusters[0]].Sinks);
        Assert.Equal("/x", _origins[_clusters[1]].Target(0));
    }

    [Fact]
    public async Task A_target_that_the_route_cannot_send_fails_without_an_origin()
    {
        var dispatch = Create();
        var sink = new RecordingSink();
        dispatch.Start(Request("", _clusters[0]), sink);

        Assert.Equal(OriginFailure.Unsupported, await sink.End);
        Assert.Empty(_origins[_clusters[0]].Sinks);
    }

    private static OriginRequest Request(string target, OriginCluster cluster) => new()
    {
        Method = KnownMethod.Get,
        MethodText = "GET"u8.ToArray(),
        Target = System.Text.Encoding.ASCII.GetBytes(target),
        Fields = Messages.Fields("Host", "a"),
        Route = new OriginRoute(cluster),
    };

    private OriginDispatch Create() => new(_clusters, cluster => _origins[cluster] = new HeldOrigin());
}
