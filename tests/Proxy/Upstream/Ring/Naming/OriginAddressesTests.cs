using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring.Naming;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Naming;

public sealed class OriginAddressesTests
{
    private readonly ManualTime _time = new();
    private readonly ScriptedLookup _lookup = new();
    private readonly FaultLedger _faults = new();
    private readonly OriginAddresses _addresses;

    public OriginAddressesTests() => _addresses = new OriginAddresses("origin.test", 80, _time, _lookup.AskAsync, _faults);

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:80")]
    [InlineData("2001:db8::1", "[2001:db8::1]:80")]
    [InlineData("fe80::1%3", "[fe80::1%3]:80")]
    public void A_literal_address_needs_no_lookup(string host, string endPoint)
    {
        var names = Literal(host);

        Assert.Equal(endPoint, Assert.Single(names.Addresses).ToString());
        Assert.Null(names.Trouble);
    }

    [Fact]
    public void A_path_is_the_address_of_a_unix_socket() =>
        Assert.Equal(new UnixDomainSocketEndPoint("/run/app.sock"), Assert.Single(Literal("unix:/run/app.sock").Addresses));

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    public void A_path_that_no_socket_can_have_is_refused(int length) => Assert.ThrowsAny<ArgumentException>(
        () => new OriginAddresses("unix:" + new string('a', length), 0, _time, _lookup.AskAsync));

    [Fact]
    public async Task The_first_need_asks_and_waits_and_gets_the_resolvers_order()
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        await _lookup.AnswerAsync("2001:db8::1", "192.0.2.2", "192.0.2.1");
        await waiter.Posted;

        Assert.Equal(["[2001:db8::1]:80", "192.0.2.2:80", "192.0.2.1:80"], TryGet(waiter)!.Addresses.Select(each => each.ToString()));
        Assert.Equal((1, 1), (waiter.Posts, _lookup.Count));
    }

    [Fact]
    public async Task All_needs_before_the_answer_share_one_lookup()
    {
        var waiters = Enumerable.Range(0, 3).Select(_ => new NameWaiter()).ToArray();
        Assert.All(waiters, waiter => Assert.Null(TryGet(waiter)));
        await _lookup.AnswerAsync("192.0.2.1");

        await Task.WhenAll(waiters.Select(waiter => waiter.Posted));
        Assert.All(waiters, waiter => Assert.Equal(1, waiter.Posts));
        Assert.Equal(1, _lookup.Count);
    }

    [Fact]
    public async Task A_need_after_30_seconds_renews_the_list_and_uses_the_old_one_meanwhile()
    {
        await LearnAsync("192.0.2.1");
        _time.AdvanceMilliseconds(29_999);
        AssertKnown("192.0.2.1");
        Assert.Equal(1, _lookup.Count);

        _time.AdvanceMilliseconds(1);
        AssertKnown("192.0.2.1");
        var second = await _lookup.NextAsync();
        AssertKnown("192.0.2.1");
        second.SetResult([IPAddress.Parse("192.0.2.2")]);
        SpinUntil(() => IsKnown("192.0.2.2"));

        Assert.Equal(2, _lookup.Count);
        Assert.Null(_lookup.Overlapping);
    }

    [Fact]
    public async Task A_renewal_that_fails_keeps_the_addresses_and_is_repeated_after_a_second()
    {
        await LearnAsync("192.0.2.1");
        _time.Advance(30);
        // This thread runs the renewal in the place of the pool's, so that it has ended here.
        _lookup.Ready = Task.FromException<IPAddress[]>(new SocketException((int)SocketError.TryAgain));
        _addresses.Execute();
        _lookup.Ready = null;

        _time.AdvanceMilliseconds(999);
        AssertKnown("192.0.2.1");
        Assert.Equal(2, _lookup.Count);
        _time.AdvanceMilliseconds(1);
        AssertKnown("192.0.2.1");
        await _lookup.AnswerAsync("192.0.2.3");
        SpinUntil(() => IsKnown("192.0.2.3"));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "no such host is known")]
    [InlineData(SocketError.TryAgain, "the name server doesn't answer")]
    [InlineData(SocketError.NoRecovery, "the name server fails")]
    public async Task A_first_lookup_that_fails_tells_all_and_stands_for_a_second(SocketError error, string said)
    {
        NameWaiter[] waiters = [new(), new()];
        Assert.All(waiters, waiter => Assert.Null(TryGet(waiter)));
        await _lookup.FailAsync(error);
        await Task.WhenAll(waiters.Select(waiter => waiter.Posted));

        _time.AdvanceMilliseconds(999);
        AssertTrouble(said);
        Assert.Equal(1, _lookup.Count);
        _time.AdvanceMilliseconds(1);
        await LearnAsync("192.0.2.1");
        AssertKnown("192.0.2.1");
    }

    [Fact]
    public async Task A_name_without_addresses_is_unknown()
    {
        await LearnAsync();

        AssertTrouble("no such host is known");
    }

    [Fact]
    public async Task A_name_that_the_resolver_cannot_take_is_told_as_invalid()
    {
        await FailAsync(new ArgumentOutOfRangeException("hostName"));

        AssertTrouble("the host name is invalid");
        Assert.Equal(0, _faults.Count);
    }

    [Fact]
    public async Task A_fault_of_the_resolver_ends_that_lookup_alone()
    {
        await FailAsync(new InvalidOperationException("planted"));

        AssertTrouble("the lookup failed");
        Assert.Equal(1, _faults.Count);
        _time.Advance(1);
        await LearnAsync("192.0.2.1");
        AssertKnown("192.0.2.1");
    }

    [Fact]
    public async Task The_systems_resolver_knows_localhost()
    {
        var addresses = new OriginAddresses("localhost", 80, TimeProvider.System);
        var waiter = new NameWaiter();
        if (addresses.TryGet(waiter, waiter) is null)
            await waiter.Posted;

        var names = addresses.TryGet(waiter, waiter);
        Assert.Null(names?.Trouble);
        Assert.NotEmpty(names!.Addresses);
        Assert.All(names.Addresses, each => Assert.True(IPAddress.IsLoopback(((IPEndPoint)each).Address)));
    }

    private OriginNames Literal(string host)
    {
        var addresses = new OriginAddresses(host, 80, _time, _lookup.AskAsync);
        _time.Advance(1000);
        var names = addresses.TryGet(new NameWaiter(), new NameWaiter());
        Assert.Equal(0, _lookup.Count);
        return names!;
    }

    private OriginNames? TryGet(NameWaiter waiter) => _addresses.TryGet(waiter, waiter);

    private async Task LearnAsync(params string[] addresses)
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        await _lookup.AnswerAsync(addresses);
        await waiter.Posted;
    }

    private async Task FailAsync(Exception fault)
    {
        var waiter = new NameWaiter();
        Assert.Null(TryGet(waiter));
        (await _lookup.NextAsync()).SetException(fault);
        await waiter.Posted;
    }

    private void AssertKnown(string address) => Assert.True(IsKnown(address));

    private bool IsKnown(string address) =>
        TryGet(new NameWaiter()) is { Trouble: null, Addresses: [var only] } && only.Equals(new IPEndPoint(IPAddress.Parse(address), 80));

    private void AssertTrouble(string said)
    {
        var names = TryGet(new NameWaiter());
        Assert.Empty(names!.Addresses);
        Assert.Equal(new OriginTrouble("origin.test:80", said), names.Trouble);
    }

    private static void SpinUntil(Func<bool> isSo) => Assert.True(SpinWait.SpinUntil(isSo, TimeSpan.FromMinutes(1)));
}
