using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

/// <summary>Which servers get requests, by how the last ones ended.</summary>
public sealed class ClusterStateTests
{
    private readonly ClusterScene _scene = new(2);

    [Fact]
    public void A_server_that_fails_is_left_out_and_told_once()
    {
        for (var i = 0; i < 20; i++)
            _scene.Turn(1);

        Assert.Equal([17, 3], _scene.Asked);
        Assert.Equal(["s1 The origin can't be reached"], _scene.Changes);
    }

    [Fact]
    public void A_server_that_is_back_gets_its_turns_again()
    {
        for (var i = 0; i < 8; i++)
            _scene.Turn(1);
        _scene.Time.Advance(1);
        for (var i = 0; i < 12; i++)
            _scene.Turn();

        Assert.Equal("s1 back", _scene.Changes[^1]);
        Assert.Equal(2, _scene.Changes.Count);
        Assert.InRange(_scene.Asked[1], 3 + 5, 3 + 7);
    }

    [Fact]
    public void Only_one_request_at_a_time_tries_a_server_that_was_out()
    {
        for (var i = 0; i < 8; i++)
            _scene.Turn(1);
        _scene.Time.Advance(1);
        for (var i = 0; i < 6; i++)
            _scene.Ask(new RecordingSink());

        Assert.Equal(1, _scene.InFlight[1]);
    }

    [Theory]
    [InlineData(nameof(OriginFailure.ConnectFailed), true)]
    [InlineData(nameof(OriginFailure.ConnectTimeout), true)]
    [InlineData(nameof(OriginFailure.ResponseTimeout), true)]
    [InlineData(nameof(OriginFailure.NoResponse), true)]
    [InlineData(nameof(OriginFailure.Malformed), false)]
    [InlineData(nameof(OriginFailure.NoDescriptor), false)]
    [InlineData(nameof(OriginFailure.Cancelled), false)]
    [InlineData(nameof(OriginFailure.ClientBodyFailed), false)]
    public void Only_failures_of_the_server_count(string failure, bool counts)
    {
        for (var i = 0; i < 12; i++)
        {
            _scene.Ask(new RecordingSink());
            _scene.Servers[i % 2].Sinks[^1].OnFailed(
                new OriginFailed(Enum.Parse<OriginFailure>(failure), FailureSource.BeforeHead, MayRetry: false, Trouble: null));
            if (_scene.Changes.Count > 0)
                break;
        }

        Assert.Equal(counts, _scene.Changes.Count > 0);
        Assert.Equal(counts, _scene.State.Read().Sum(member => member.Failures) > 0);
    }

    [Fact]
    public void Health_checks_take_a_server_out_and_bring_it_back()
    {
        _scene.State.OnChecked(1, "GET / was answered with 500");
        Assert.Empty(_scene.Changes);
        _scene.State.OnChecked(1, "GET / was answered with 500");
        for (var i = 0; i < 6; i++)
            _scene.Turn();
        Assert.Equal([6, 0], _scene.Asked);

        _scene.State.OnChecked(1, null);
        _scene.State.OnChecked(1, null);
        _scene.Turn();
        _scene.Turn();

        Assert.Equal(["s1 GET / was answered with 500", "s1 back"], _scene.Changes);
        Assert.Equal(1, _scene.Asked[1]);
        Assert.Equal(1, _scene.State.Read()[1].Ejections);
    }

    [Fact]
    public void A_server_that_failed_both_ways_goes_once_and_is_back_when_both_are_over()
    {
        for (var i = 0; i < 8; i++)
            _scene.Turn(1);
        _scene.State.OnChecked(1, "checked");
        _scene.State.OnChecked(1, "checked");
        _scene.Time.Advance(10);
        for (var i = 0; i < 4; i++)
            _scene.Turn();
        Assert.Equal([5 + 4, 3], _scene.Asked);

        _scene.State.OnChecked(1, null);
        _scene.State.OnChecked(1, null);
        Assert.Single(_scene.Changes);
        for (var i = 0; i < 2; i++)
            _scene.Turn();

        Assert.Equal("s1 back", _scene.Changes[1]);
        Assert.Equal(2, _scene.Changes.Count);
    }

    [Fact]
    public void Figures_tell_how_each_server_is_doing()
    {
        _scene.Ask(new RecordingSink());
        _scene.Time.AdvanceMilliseconds(80);
        _scene.Servers[0].Sinks[0].OnHead(Messages.Response(500));
        Assert.Equal(new MemberFigures(true, 1, 1, 0, 0, TimeSpan.FromMilliseconds(80)), _scene.State.Read()[0]);
        _scene.Servers[0].Sinks[0].OnEnd();
        for (var i = 0; i < 7; i++)
            _scene.Turn(1);

        var figures = _scene.State.Read();

        // All but the first answer came at once; each counts for an eighth.
        Assert.Equal(80 * Math.Pow(7 / 8.0, figures[0].Requests - 1), figures[0].Latency.TotalMilliseconds, tolerance: 0.01);
        Assert.Equal(new MemberFigures(false, 0, 3, 3, 1, TimeSpan.Zero), figures[1]);
    }

    [Fact]
    public async Task Threads_that_choose_at_once_share_out_the_load()
    {
        var members = Enumerable.Range(0, 4).Select(i => new OriginMember(new OriginOptions { Host = $"s{i}", Port = 80 }));
        var state = new ClusterState(new OriginCluster("shop", [.. members]) { Balance = BalanceKind.Hash }, TimeProvider.System, _ => { });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 1000; i++)
                Assert.NotNull(state.TryTake("/one"u8));
        })));

        Assert.All(state.Read(), member => Assert.InRange(member.InFlight, 1, (int)Math.Ceiling(1.25 * 4000 / 4)));
        Assert.Equal(4000, state.Read().Sum(member => member.InFlight));
    }
}
