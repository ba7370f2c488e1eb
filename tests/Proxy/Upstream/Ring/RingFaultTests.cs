using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring;

/// <summary>Exceptions amid an exchange with the origin: whatever throws, its connection ends and no memory is left.</summary>
public sealed class RingFaultTests
{
    [Fact]
    public void A_sink_that_throws_at_everything_leaves_no_connection()
    {
        using var scene = new RingScene(RingScene.Options);
        scene.Origin.Start(OriginRequests.Create("/"), new ThrowingSink());
        var origin = scene.Accept();
        scene.ReadHead(origin);
        scene.Write(origin, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        scene.TurnUntil(() => scene.Backend.OpenDescriptors == 0);

        Assert.Equal(2, scene.Ledger.Count);
        scene.End();
    }

    private sealed class ThrowingSink : IOriginSink
    {
        public void OnInterim(ResponseHead head) => Throw();

        public void OnHead(ResponseHead head) => Throw();

        public bool TryReserve(int wanted, out SegmentRoom room) => throw new InvalidOperationException("A fault.");

        public OriginFlow Commit(int count) => throw new InvalidOperationException("A fault.");

        public void OnTrailers(FieldTable trailers) => Throw();

        public void OnEnd() => Throw();

        public void OnFailed(in OriginFailed failure) => Throw();

        public void OnFault() => Throw();

        private static void Throw() => throw new InvalidOperationException("A fault.");
    }
}
