using TlsProxy.Proxy.Exchanges;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>How fast a request's body has to come: 240 bytes a second after 5 s, and a byte every 30 s.</summary>
public sealed class UploadPaceTests
{
    private const long Second = 1_000_000_000;

    private UploadPace _pace = new(240, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    private long _now = 77 * Second;

    [Theory]
    [InlineData(241, false)]
    [InlineData(239, true)]
    [InlineData(1, true)]
    public void After_the_grace_the_average_counts(int bytesPerSecond, bool isTooSlow)
    {
        _pace.Resume(_now);
        for (var i = 0; i < 5; i++)
        {
            Assert.False(_pace.IsTooSlow(_now));
            Pass(seconds: 1, bytesPerSecond);
        }

        Assert.Equal(isTooSlow, _pace.IsTooSlow(_now));
    }

    [Fact]
    public void Time_without_room_for_bytes_does_not_count()
    {
        _pace.Resume(_now);
        Pass(seconds: 1, bytes: 240);
        _pace.Pause(_now);
        Pass(seconds: 3600, bytes: 0);
        Assert.False(_pace.IsTooSlow(_now));
        _pace.Resume(_now);
        Pass(seconds: 3, bytes: 0);
        Assert.False(_pace.IsTooSlow(_now));
        Pass(seconds: 1, bytes: 0);
        Assert.True(_pace.IsTooSlow(_now));
    }

    [Fact]
    public void Time_before_the_proxy_reads_does_not_count()
    {
        Pass(seconds: 3600, bytes: 0);
        Assert.False(_pace.IsTooSlow(_now));
    }

    [Fact]
    public void A_fast_beginning_makes_up_for_30_seconds_at_most()
    {
        _pace.Resume(_now);
        Pass(seconds: 6, bytes: 100_000_000);
        for (var i = 0; i < 29; i++)
            Pass(seconds: 1, bytes: 1);
        Assert.False(_pace.IsTooSlow(_now));
        for (var i = 0; i < 2; i++)
            Pass(seconds: 1, bytes: 1);
        Assert.True(_pace.IsTooSlow(_now));
    }

    [Fact]
    public void Without_a_slowest_pace_a_byte_every_30_seconds_suffices()
    {
        _pace = new UploadPace(0, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
        _pace.Resume(_now);
        for (var i = 0; i < 100; i++)
        {
            Pass(seconds: 29, bytes: 1);
            Assert.False(_pace.IsTooSlow(_now));
        }

        Pass(seconds: 30, bytes: 0);
        Assert.True(_pace.IsTooSlow(_now));
    }

    private void Pass(int seconds, int bytes)
    {
        _now += seconds * Second;
        _pace.Take(bytes, _now);
    }
}
