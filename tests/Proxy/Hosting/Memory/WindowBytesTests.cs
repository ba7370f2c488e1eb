using System.Globalization;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Hosting.Memory;

/// <summary>Bodies whose readers stand still, all together.</summary>
public sealed class WindowBytesTests
{
    private const int Count = 100;

    [Theory]
    [InlineData(0, 16 << 20)]
    [InlineData(0, 0)]
    [InlineData(long.MaxValue, 0)]
    public void Windows_of_bodies_that_are_not_stored(long arrivingBytes, int poolBytes)
    {
        using var scene = new FetchScene(arrivingBytes: arrivingBytes, poolBytes: poolBytes);
        // At the worst moment a window has just not been full.
        var data = new byte[BodyWindow.AddedBytes];
        for (var i = 0; i < Count; i++)
        {
            scene.Client.Ask("/object/" + i.ToString(CultureInfo.InvariantCulture));
            var origin = scene.Origin.Sinks[^1];
            origin.OnHead(Messages.Response(200, "Cache-Control: max-age=60"));
            var flow = origin.Deliver(data.AsSpan(1));
            while (flow == OriginFlow.Continue)
                flow = origin.Deliver(data);
        }

        Assert.InRange(
            scene.AllocatedBytes, (long)Count * BodyWindow.ScarceBytes, poolBytes + ((long)Count * BodyWindow.ScarceBytesHeld));
    }
}
