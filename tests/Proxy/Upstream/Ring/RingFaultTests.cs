using System.Buffers;
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
        scene.ReadRequest(origin);
        scene.Write(origin, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        scene.TurnUntil(() => scene.Backend.OpenDescriptors == 0);

        Assert.Equal(2, scene.Ledger.Count);
        scene.End();
    }

    [Fact]
    public void A_request_that_cannot_be_written_leaves_no_connection_and_no_memory()
    {
        using var scene = new RingScene(RingScene.Options);
        using var target = new LostMemory(1);
        var request = OriginRequests.Create("/");
        var broken = new OriginRequest
        {
            Method = KnownMethod.Get,
            MethodText = request.MethodText,
            Target = target.Memory,
            Fields = request.Fields,
        };
        var sink = scene.Send(broken);
        scene.Accept();
        scene.TurnUntil(() => scene.Backend.OpenDescriptors == 0);

        Assert.Equal(1, scene.Ledger.Count);
        Assert.True(sink.End.IsFaulted);
        scene.End();
    }

    [Fact]
    public void Without_memory_for_its_head_a_request_fails_with_its_connection_and_the_next_gets_another()
    {
        using var scene = new RingScene(RingScene.Options with { ConnectionsMax = 1 }, memoryMaximum: 2048);
        var requests = Enumerable.Range(0, 3).Select(_ => scene.Send(OriginRequests.Create($"/{new string('x', 4000)}"))).ToArray();
        for (var i = 0; i < 3; i++)
        {
            var origin = scene.Accept();
            scene.TurnUntil(() => origin.IsClosed);
        }

        Assert.All(requests, sink => Assert.Equal(OriginFailure.Fault, sink.Failed?.Reason));
        scene.End();
    }

    /// <summary>Memory that can't be read any more.</summary>
    private sealed class LostMemory(int length) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("A fault.");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new InvalidOperationException("A fault.");

        public override void Unpin()
        {
            // Nothing was pinned.
        }

        protected override void Dispose(bool disposing)
        {
            // There is no memory.
        }
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
