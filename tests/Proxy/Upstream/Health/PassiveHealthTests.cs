using TlsProxy.Proxy.Upstream.Health;

namespace TlsProxy.Proxy.Tests.Upstream.Health;

public sealed class PassiveHealthTests
{
    private readonly PassiveHealth _health = new();
    private double _now;

    [Fact]
    public void Three_failures_in_a_row_eject_a_member()
    {
        Assert.False(Fails());
        Assert.False(Fails());
        Assert.False(Succeeds());
        Assert.False(Fails());
        Assert.False(Fails());
        Assert.True(MayTake);
        Assert.True(Fails());
        Assert.False(MayTake);
    }

    [Fact]
    public void One_request_at_a_time_tries_whether_it_is_back_after_times_that_double()
    {
        Eject();
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            _now += seconds - 0.001;
            Assert.False(MayTake);
            _now += 0.001;
            Assert.True(MayTake);
            Assert.True(_health.Take());
            Assert.False(MayTake);
            _health.OnFailure(isTrial: true, Now);
            Assert.True(_health.IsEjected);
        }

        _now += 60;
        Assert.True(_health.Take());
        _health.OnSuccess(isTrial: true);
        Assert.False(_health.IsEjected);
        Assert.True(MayTake);
        Assert.False(_health.Take());
    }

    [Fact]
    public void After_its_return_the_times_begin_with_the_shortest_one()
    {
        Eject();
        _now += 1;
        _health.Take();
        _health.OnFailure(isTrial: true, Now);
        _now += 2;
        _health.Take();
        _health.OnSuccess(isTrial: true);
        Eject();

        _now += 1;

        Assert.True(MayTake);
    }

    [Fact]
    public void Requests_from_before_the_ejection_neither_bring_it_back_nor_prolong_it()
    {
        Eject();
        _health.OnSuccess(isTrial: false);
        Assert.False(MayTake);
        _health.OnFailure(isTrial: false, Now + TimeSpan.FromSeconds(0.9));
        _now += 1;
        Assert.True(MayTake);
    }

    [Fact]
    public void A_trial_that_tells_nothing_leaves_its_place_to_the_next()
    {
        Eject();
        _now += 1;
        Assert.True(_health.Take());
        _health.OnUnknown(isTrial: false);
        Assert.False(MayTake);
        _health.OnUnknown(isTrial: true);
        Assert.True(MayTake);
    }

    private bool MayTake => _health.MayTake(Now);

    private TimeSpan Now => TimeSpan.FromSeconds(_now);

    private void Eject()
    {
        for (var i = 1; i < PassiveHealth.FailuresMaximum; i++)
            Assert.False(Fails());
        Assert.True(Fails());
    }

    /// <returns>Whether it is ejected then.</returns>
    private bool Fails()
    {
        _health.OnFailure(_health.Take(), Now);
        return _health.IsEjected;
    }

    private bool Succeeds()
    {
        _health.OnSuccess(_health.Take());
        return _health.IsEjected;
    }
}
