using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.Tests.Tickets;

public sealed class TicketKeyRingTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ManualTime _time = new();

    [Fact]
    public void A_key_makes_tickets_for_its_time_and_is_accepted_until_the_next_has_made_some()
    {
        using var ring = new TicketKeyRing(null, Lifetime, _time);
        var first = NameOfFirst(ring);

        _time.Advance(Lifetime - TimeSpan.FromSeconds(1));
        ring.RotateIfDue();
        Assert.Equal(first, NameOfFirst(ring));

        _time.Advance(TimeSpan.FromSeconds(1));
        ring.RotateIfDue();
        Assert.NotEqual(first, NameOfFirst(ring));
        Assert.Equal(1, Find(ring, first));

        _time.Advance(Lifetime);
        ring.RotateIfDue();
        Assert.Equal(-1, Find(ring, first));
        Assert.Equal((2, 2L), (ring.Count, ring.Rotations));
    }

    [Fact]
    public void After_a_long_rest_no_old_key_is_accepted()
    {
        using var ring = new TicketKeyRing(null, Lifetime, _time);
        var first = NameOfFirst(ring);
        _time.Advance(3 * Lifetime);
        ring.RotateIfDue();
        Assert.Equal(-1, Find(ring, first));
        Assert.Equal(1, ring.Count);
    }

    [Fact]
    public void Keys_in_use_stay_whole_while_they_are_replaced_and_are_zero_afterwards()
    {
        using var ring = new TicketKeyRing(null, Lifetime, _time);
        var used = ring.TryAcquire()!;
        var secret = used.AesKey(0).ToArray();
        _time.Advance(3 * Lifetime);
        ring.RotateIfDue();
        Assert.Equal(secret, used.AesKey(0).ToArray());
        used.Release();
        Assert.Equal(-1, used.AesKey(0).IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, used.HmacKey(0).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public async Task Threads_that_take_keys_while_they_rotate_always_get_some()
    {
        using var ring = new TicketKeyRing(null, TimeSpan.FromTicks(1), TimeProvider.System);
        using var end = new CancellationTokenSource();
        var users = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!end.IsCancellationRequested)
            {
                var keys = ring.TryAcquire();
                Assert.NotNull(keys);
                Assert.NotEqual(-1, keys.AesKey(0).IndexOfAnyExcept((byte)0));
                keys.Release();
            }
        })).ToArray();
        for (var i = 0; i < 20_000; i++)
            ring.RotateIfDue();
        await end.CancelAsync();
        await Task.WhenAll(users);
        Assert.True(ring.Rotations > 1000);
    }

    private static byte[] NameOfFirst(TicketKeyRing ring)
    {
        var keys = ring.TryAcquire()!;
        var name = keys.Name(0).ToArray();
        keys.Release();
        return name;
    }

    private static int Find(TicketKeyRing ring, byte[] name)
    {
        var keys = ring.TryAcquire()!;
        var index = keys.Find(name);
        keys.Release();
        return index;
    }
}
