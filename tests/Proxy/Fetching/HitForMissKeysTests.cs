using System.Globalization;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Tests.Fetching;

public sealed class HitForMissKeysTests
{
    private const int CountMaximum = 1024;

    private readonly HitForMissKeys _keys = new(CountMaximum);

    [Fact]
    public void One_key_too_many_takes_the_place_of_the_oldest()
    {
        for (var i = 0; i < CountMaximum; i++)
            _keys.Add(Key(i), now: 0);
        // The first is renewed, so the second is the oldest.
        _keys.Add(Key(0), now: 0);

        _keys.Add(Key(-1), now: 0);

        Assert.Equal(CountMaximum, _keys.Count);
        Assert.True(_keys.Contains(Key(0), now: 0));
        Assert.False(_keys.Contains(Key(1), now: 0));
        Assert.True(_keys.Contains(Key(2), now: 0));
        Assert.True(_keys.Contains(Key(-1), now: 0));
    }

    [Fact]
    public void A_key_is_forgotten_when_its_time_is_over()
    {
        _keys.Add(Key(1), now: 0);
        _keys.Add(Key(2), now: 60);
        Assert.True(_keys.Contains(Key(1), now: 119));
        Assert.False(_keys.Contains(Key(1), now: 120));

        _keys.Expire(now: 120);

        Assert.Equal(1, _keys.Count);
        Assert.True(_keys.Contains(Key(2), now: 120));
    }

    [Fact]
    public void A_key_whose_answers_can_be_shared_again_is_forgotten()
    {
        _keys.Add(Key(1), now: 0);
        _keys.Remove(Key(1));
        _keys.Remove(Key(2));
        Assert.False(_keys.Contains(Key(1), now: 0));
    }

    private static KeyHash Key(int number) => KeyHash.Of(number.ToString(CultureInfo.InvariantCulture));
}
