using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

public sealed class BalancedOriginTests
{
    private readonly ClusterScene _scene = new(3);
    private readonly RecordingSink _sink = new();

    [Fact]
    public async Task A_server_gets_the_request_and_the_sink_its_answer()
    {
        _scene.Ask(_sink);
        Assert.Equal(("/x", "origin", null), (_scene.Servers[0].Target(0), _scene.Servers[0].Field(0, "Host"), _scene.Servers[0].Route(0)));
        Assert.Equal([1, 0, 0], _scene.InFlight);

        _scene.Servers[0].Answer(0, Messages.Response(200), "body");

        Assert.Equal(OriginFailure.None, await _sink.End);
        Assert.Equal("body", _sink.Body);
        Assert.Equal([0, 0, 0], _scene.InFlight);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_is_replaced_by_another_once()
    {
        _scene.Ask(_sink);
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);
        Assert.Equal([1, 1, 0], _scene.Asked);
        Assert.Equal([0, 1, 0], _scene.InFlight);
        Assert.Null(_sink.Failed);

        _scene.Servers[1].Sinks[0].OnFailed(ClusterScene.Refused);

        Assert.Equal(OriginFailure.ConnectFailed, await _sink.End);
        Assert.Equal([1, 1, 0], _scene.Asked);
        Assert.Equal([0, 0, 0], _scene.InFlight);
    }

    [Fact]
    public async Task The_answer_of_the_second_server_is_the_only_one_that_is_told()
    {
        _scene.Ask(_sink);
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);
        _scene.Servers[1].Answer(0, Messages.Response(200), "of the second");

        Assert.Equal(OriginFailure.None, await _sink.End);
        Assert.Equal("of the second", _sink.Body);
    }

    [Fact]
    public async Task What_may_not_be_repeated_is_not()
    {
        _scene.Ask(_sink);
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused with { MayRetry = false });

        Assert.Equal(OriginFailure.ConnectFailed, await _sink.End);
        Assert.Equal([1, 0, 0], _scene.Asked);
    }

    [Fact]
    public async Task After_an_interim_head_nothing_is_repeated()
    {
        _scene.Ask(_sink);
        _scene.Servers[0].Sinks[0].OnInterim(Messages.Response(103));
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);

        Assert.Equal(OriginFailure.ConnectFailed, await _sink.End);
        Assert.Equal([1, 0, 0], _scene.Asked);
    }

    [Fact]
    public async Task A_request_that_was_given_up_is_not_repeated()
    {
        var request = _scene.Ask(_sink);
        request.Cancel();
        Assert.True(_scene.Servers[0].IsCancelled(0));

        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);

        Assert.Equal(OriginFailure.ConnectFailed, await _sink.End);
        Assert.Equal([1, 0, 0], _scene.Asked);
        Assert.Equal([0, 0, 0], _scene.InFlight);
    }

    [Fact]
    public async Task A_request_that_was_given_up_before_reaches_no_server()
    {
        var request = Fetching.OriginRequests.Create("/");
        request.Cancel();
        _scene.Origin.Start(request, _sink);

        Assert.Equal(OriginFailure.Cancelled, await _sink.End);
        Assert.Equal([0, 0, 0], _scene.Asked);
        Assert.Equal([0, 0, 0], _scene.InFlight);
    }

    [Fact]
    public void A_cancel_while_the_second_server_is_asked_reaches_it()
    {
        var request = _scene.Ask(_sink);
        _scene.OnStart = request.Cancel;
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);

        Assert.True(_scene.Servers[1].IsCancelled(0));
    }

    [Fact]
    public async Task The_second_server_waits_and_goes_on_with_the_sink()
    {
        var sink = new RecordingSink(waitAfter: 1);
        var request = _scene.Ask(sink);
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);
        _scene.Servers[1].Sinks[0].OnHead(Messages.Response(200));
        Assert.True(_scene.Servers[1].TrySend(0, "a"u8));
        Assert.False(_scene.Servers[1].TrySend(0, "b"u8));

        request.Resume();

        Assert.True(_scene.Servers[1].TrySend(0, "b"u8));
        _scene.Servers[1].Sinks[0].OnEnd();
        Assert.Equal(OriginFailure.None, await sink.End);
    }

    [Fact]
    public async Task Without_a_healthy_server_the_request_fails_and_says_whose_it_was()
    {
        for (var i = 0; i < 9; i++)
            _scene.Turn(0, 1, 2);
        using var pool = new SegmentPool();
        var body = new RequestBody(1, new ManualMailbox(), new CountingWriter(), pool);
        Assert.Equal(1, body.Write("a"u8));

        _scene.Ask(_sink, body);

        Assert.Equal(OriginFailure.NoneHealthy, await _sink.End);
        Assert.Equal("origin shop", _sink.Failed?.Trouble?.ToString());
        Assert.Equal(0, pool.RentedSegments);
        Assert.Equal([3, 3, 3], _scene.Asked);
    }

    [Fact]
    public async Task Where_no_other_server_is_healthy_the_first_failure_is_told()
    {
        for (var i = 0; i < 9; i++)
            _scene.Turn(1, 2);
        _scene.Ask(_sink);

        _scene.Servers[0].Sinks[^1].OnFailed(ClusterScene.Refused);

        Assert.Equal(OriginFailure.ConnectFailed, await _sink.End);
    }

    [Fact]
    public void The_second_server_is_told_what_has_left_and_how_much_of_the_deadline_is_gone()
    {
        _scene.Ask(_sink);
        _scene.Time.Advance(59);
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused with { HasLeft = true });

        Assert.Equal(new EarlierAttempts(HasLeft: true, TimeSpan.FromSeconds(59)), _scene.Servers[1].Earlier(0));
    }

    [Fact]
    public async Task Past_the_whole_deadline_no_second_server_is_asked()
    {
        _scene.Ask(_sink);
        _scene.Time.Advance(60);
        _scene.Servers[0].Sinks[0].OnFailed(ClusterScene.Refused);

        Assert.Equal(OriginFailure.ConnectFailed, await _sink.End);
        Assert.Equal([1, 0, 0], _scene.Asked);
    }

    [Fact]
    public void A_silent_server_without_healthy_siblings_gets_the_request_once_more()
    {
        for (var i = 0; i < 9; i++)
            _scene.Turn(1, 2);
        _scene.Ask(_sink);
        var before = _scene.Asked[0];

        _scene.Servers[0].Sinks[^1].OnFailed(ClusterScene.Refused with { HasLeft = true });

        Assert.Equal(before + 1, _scene.Asked[0]);
    }

    [Fact]
    public void A_server_that_throws_when_it_is_asked_has_no_request_in_flight()
    {
        _scene.OnStart = () => throw new InvalidOperationException("A fault.");
        Assert.Throws<InvalidOperationException>(() => _scene.Ask(_sink));
        Assert.Equal([0, 0, 0], _scene.InFlight);
    }
}
