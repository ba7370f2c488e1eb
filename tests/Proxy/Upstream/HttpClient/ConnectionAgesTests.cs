using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

public sealed class ConnectionAgesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly SteppedTime _time = new();
    private readonly ConnectionAges _ages;

    public ConnectionAgesTests() => _ages = new ConnectionAges(
        new OriginOptions { Host = "a", Port = 1, KeepAliveTimeout = 4 * Second, ConnectionAgeMax = 10 * Second }, _time);

    [Fact]
    public void A_connection_rests_from_the_last_byte_on()
    {
        _time.Advance(3 * Second);
        _ages.Note();
        _time.Advance(3.9 * Second);
        Assert.False(_ages.AreOver);

        _time.Advance(0.1 * Second);

        Assert.True(_ages.AreOver);
    }

    [Fact]
    public void A_connection_that_never_rests_grows_old()
    {
        for (var second = 1; second < 10; second++)
        {
            _time.Advance(Second);
            _ages.Note();
            Assert.False(_ages.AreOver);
        }

        _time.Advance(Second);
        _ages.Note();

        Assert.True(_ages.AreOver);
    }
}
