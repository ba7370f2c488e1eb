using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring;

/// <summary>Trailers of a request on their way to the origin.</summary>
public sealed class RingTrailerTests
{
    [Fact]
    public void Trailers_that_are_withheld_stay_behind()
    {
        using var scene = new RingScene(RingScene.Options);
        using var pool = new SegmentPool();
        var body = new RequestBody(null, new ManualMailbox(), new CountingWriter(), pool);
        body.Write("hello"u8);
        body.Complete(Trailers("X-Sum", "X-Debug", "X-Debug-Level"));
        var plain = OriginRequests.Create("/", KnownMethod.Post, body);
        scene.Send(new OriginRequest
        {
            Method = plain.Method,
            MethodText = plain.MethodText,
            Target = plain.Target,
            Fields = plain.Fields,
            Body = body,
            WithheldTrailers = new FieldNames(["x-debug*"]),
        }.ForAttempt(default));

        var request = scene.ReadRequest(scene.Accept(), "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");

        Assert.DoesNotContain("X-Debug", request, StringComparison.Ordinal);
        scene.End();
    }

    private static FieldTable Trailers(params string[] names)
    {
        var trailers = new FieldTable();
        foreach (var name in names)
            trailers.Add(System.Text.Encoding.ASCII.GetBytes(name), "1"u8);
        return trailers;
    }
}
