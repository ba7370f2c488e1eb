using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring;

/// <summary>What an answer holds and waits for while it comes.</summary>
public sealed class RingAnswerTests
{
    private const int HeadOnly = 1;

    private readonly RingScene _scene = new(RingScene.Options);

    [Fact]
    public void A_head_in_two_pieces_holds_no_memory_once_its_body_comes()
    {
        var sink = _scene.Send(OriginRequests.Create("/"));
        var origin = _scene.Accept();
        _scene.ReadRequest(origin);
        _scene.Write(origin, "HTTP/1.1 200 OK\r\nContent-Le");
        _scene.Write(origin, $"ngth: 1000000\r\n\r\n{new string('x', 60_000)}");
        _scene.Write(origin, new string('x', 60_000));

        Assert.True(sink.Body.Length > 60_000);
        // That of the request's head alone.
        Assert.Equal(HeadOnly, _scene.Memory.RentedSegments);
        _scene.End();
        _scene.Dispose();
    }

    [Fact]
    public void While_the_client_pauses_its_body_no_deadline_of_the_answer_runs()
    {
        using var pool = new SegmentPool();
        var body = new RequestBody(10, new ManualMailbox(), new CountingWriter(), pool);
        var sink = _scene.Send(OriginRequests.Create("/", KnownMethod.Post, body));
        var origin = _scene.Accept();
        body.Write("hello"u8);
        _scene.ReadRequest(origin, "hello");
        _scene.Write(origin, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        Assert.Equal("hello", sink.Body);

        _scene.Advance(TimeSpan.FromHours(1));
        Assert.False(sink.End.IsCompleted);
        body.Write("world"u8);
        body.Complete();
        _scene.TurnUntil(() => origin.Deliverable == 5);
        // From here on the origin is waited for.
        _scene.Advance(RingScene.Options.IdleTimeout / 2);
        Assert.False(sink.End.IsCompleted);
        _scene.Advance(RingScene.Options.IdleTimeout);

        Assert.Equal(OriginFailure.IdleTimeout, sink.Failed?.Reason);
        _scene.End();
        _scene.Dispose();
    }
}
