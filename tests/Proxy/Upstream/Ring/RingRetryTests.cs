using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring;

/// <summary>Requests whose connection ends before a byte of an answer: what has left of them decides whether they are sent again.</summary>
public sealed class RingRetryTests : IDisposable
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private readonly SegmentPool _pool = new();
    private RingScene _scene = new(RingScene.Options);

    public void Dispose()
    {
        _scene.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(KnownMethod.Get, false)]
    [InlineData(KnownMethod.Put, false)]
    [InlineData(KnownMethod.Put, true)]
    [InlineData(KnownMethod.Delete, false)]
    internal void A_request_of_which_nothing_left_goes_to_a_new_connection(KnownMethod method, bool hasBody)
    {
        var sink = MeetReset(OriginRequests.Create("/second", method, hasBody ? Hello() : null));
        var origin = _scene.Accept();
        Assert.StartsWith($"{method.ToString().ToUpperInvariant()} /second ", _scene.ReadRequest(origin, hasBody ? "hello" : ""));
        _scene.Write(origin, Answer);

        Assert.Equal("ok", sink.Body);
        Assert.True(sink.End.IsCompletedSuccessfully);
        _scene.End();
    }

    [Theory]
    [InlineData(KnownMethod.Post)]
    [InlineData(KnownMethod.Patch)]
    [InlineData(KnownMethod.Other)]
    internal void Methods_that_are_not_idempotent_are_never_sent_again(KnownMethod method)
    {
        var sink = MeetReset(OriginRequests.Create("/second", method));
        _scene.TurnUntil(() => sink.End.IsCompleted);

        Assert.Equal((OriginFailure.NoResponse, false, false), (sink.Failed?.Reason, sink.Failed?.MayRetry, sink.Failed?.HasLeft));
        Assert.Equal(1, _scene.Connects);
        _scene.End();
    }

    [Fact]
    public void Silence_on_a_new_connection_is_told_where_another_server_can_be_asked()
    {
        _scene.Dispose();
        _scene = new RingScene(RingScene.Options, hasSiblings: true);
        var sink = _scene.Send(OriginRequests.Create("/"));
        EndSilently(sink);

        Assert.Equal((OriginFailure.NoResponse, true, true), (sink.Failed?.Reason, sink.Failed?.MayRetry, sink.Failed?.HasLeft));
        Assert.Equal(1, _scene.Connects);
        _scene.End();
    }

    [Fact]
    public void A_request_that_another_server_had_is_sent_once()
    {
        var sink = _scene.Send(OriginRequests.Create("/").ForAttempt(new EarlierAttempts(HasLeft: true, TimeSpan.Zero)));
        EndSilently(sink);

        Assert.Equal((OriginFailure.NoResponse, false), (sink.Failed?.Reason, sink.Failed?.MayRetry));
        Assert.Equal(1, _scene.Connects);
        _scene.End();
    }

    [Fact]
    public void The_time_of_attempts_before_counts_against_the_deadline()
    {
        var sink = _scene.Send(OriginRequests.Create("/").ForAttempt(new EarlierAttempts(HasLeft: true, TimeSpan.FromSeconds(40))));
        _scene.ReadRequest(_scene.Accept());
        _scene.Advance(TimeSpan.FromSeconds(15));
        Assert.False(sink.End.IsCompleted);
        _scene.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(OriginFailure.ResponseTimeout, sink.Failed?.Reason);
        _scene.End();
    }

    /// <summary>Starts a request on a kept connection, which is reset before the request's first byte leaves.</summary>
    private RecordingSink MeetReset(OriginRequest request)
    {
        var first = _scene.Send(OriginRequests.Create("/first"));
        var origin = _scene.Accept();
        _scene.ReadRequest(origin);
        _scene.Write(origin, Answer);
        Assert.True(first.End.IsCompletedSuccessfully);
        var sink = _scene.Send(request);
        // The turn that begins the request submits its send.
        _scene.Loop.Turn(wait: false);
        Assert.Equal(0, origin.Deliverable);
        origin.Reset();
        return sink;
    }

    private void EndSilently(RecordingSink sink)
    {
        var origin = _scene.Accept();
        _scene.ReadRequest(origin);
        origin.End();
        _scene.TurnUntil(() => sink.End.IsCompleted);
    }

    private RequestBody Hello()
    {
        var body = new RequestBody(5, new ManualMailbox(), new CountingWriter(), _pool);
        body.Write("hello"u8);
        body.Complete();
        return body;
    }
}
