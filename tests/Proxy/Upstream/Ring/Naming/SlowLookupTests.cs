using System.Net;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring.Naming;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Naming;

/// <summary>A resolver that takes longer than anybody waits for it.</summary>
public sealed class SlowLookupTests
{
    private static readonly TimeSpan Step = OriginAddresses.Patience / 50;

    private readonly SteppedTime _time = new();
    private readonly ScriptedLookup _lookup = new();
    private readonly OriginAddresses _addresses;

    public SlowLookupTests() => _addresses = new OriginAddresses("origin.test", 80, _time, _lookup.AskAsync);

    [Fact]
    public async Task Needs_are_told_at_the_deadline_and_a_late_answer_is_taken()
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        var lookup = await _lookup.NextAsync();

        var waited = AdvanceUntil(() => waiter.Posts > 0);

        Assert.True(waited >= OriginAddresses.Patience);
        AssertLate();
        _time.Advance(TimeSpan.FromHours(1));
        AssertLate();
        lookup.SetResult([IPAddress.Loopback]);
        Assert.True(SpinWait.SpinUntil(() => TryGet(new NameWaiter())!.Addresses.Length == 1, TimeSpan.FromMinutes(1)));
        Assert.Equal((1, 1), (waiter.Posts, _lookup.Count));
    }

    [Fact]
    public async Task A_late_failure_says_more_than_the_deadline_did()
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        var lookup = await _lookup.NextAsync();
        AdvanceUntil(() => waiter.Posts > 0);

        lookup.SetResult([]);

        Assert.True(SpinWait.SpinUntil(
            () => TryGet(new NameWaiter())!.Trouble!.Error == "no such host is known", TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task Addresses_that_are_known_stand_while_their_renewal_is_slow()
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        await _lookup.AnswerAsync("192.0.2.1");
        await waiter.Posted;
        _time.Advance(OriginAddresses.AddressesLifetime);
        var old = TryGet(new NameWaiter());
        var lookup = await _lookup.NextAsync();

        // A timer rings for the deadline alone.
        Assert.True(SpinWait.SpinUntil(() => _time.ArmedTimers == 1, TimeSpan.FromMinutes(1)));
        _time.Advance(OriginAddresses.Patience);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Same(old, TryGet(new NameWaiter()));
        lookup.SetResult([IPAddress.Parse("192.0.2.2")]);

        Assert.True(SpinWait.SpinUntil(() => !ReferenceEquals(old, TryGet(new NameWaiter())), TimeSpan.FromMinutes(1)));
        Assert.Equal(2, _lookup.Count);
    }

    [Fact]
    public async Task Between_lookups_no_timer_runs()
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        await _lookup.AnswerAsync("192.0.2.1");
        await waiter.Posted;

        Assert.True(SpinWait.SpinUntil(() => _time.ArmedTimers == 0, TimeSpan.FromMinutes(1)));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, _lookup.Count);
    }

    private OriginNames? TryGet(NameWaiter waiter) => _addresses.TryGet(waiter, waiter);

    private void AssertLate() => Assert.Equal(new OriginTrouble("origin.test:80", null), TryGet(new NameWaiter())!.Trouble);

    /// <summary>Moves the clock in small steps: the deadline is armed on another thread, perhaps behind some of them.</summary>
    /// <returns>How far the clock has moved.</returns>
    private TimeSpan AdvanceUntil(Func<bool> isSo)
    {
        var advanced = TimeSpan.Zero;
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _time.Advance(Step);
                advanced += Step;
                return isSo();
            },
            TimeSpan.FromMinutes(1)));
        return advanced;
    }
}
