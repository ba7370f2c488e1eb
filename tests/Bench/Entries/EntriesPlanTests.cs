using System.Globalization;
using System.Text;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Entries;

namespace TlsProxy.Bench.Tests.Entries;

public sealed class EntriesPlanTests
{
    private const int Million = 1_000_000;

    [Fact]
    public void A_million_entries_take_about_a_minute_and_have_an_end_on_a_slow_machine()
    {
        Assert.InRange(EntriesPlan.Seconds(Million), 50, 70);
        Assert.InRange(EntriesPlan.LimitOf(Million), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void A_cache_has_room_for_every_entry_and_the_memory_for_it_is_asked_for()
    {
        var options = EntriesPlan.ServerOptions(Million);
        var size = long.Parse(options[Array.IndexOf(options, "--cache-size") + 1], CultureInfo.InvariantCulture);
        var objects = long.Parse(options[Array.IndexOf(options, "--cache-objects") + 1], CultureInfo.InvariantCulture);

        Assert.True(objects > Million + EntriesPlan.Warming, "the object of the hits is stored too");
        Assert.InRange(size, 4L * 1024 * objects, EntriesPlan.Memory(Million));
    }

    [Fact]
    public void Entries_are_filled_once_a_round_and_only_where_they_are_asked_for()
    {
        var options = PlanTests.Options(kernelTls: true);
        Assert.Null(options.Entries);

        var timed = EntriesPlan.Timed(options with { Rounds = 5 }, Million, rounds: null);
        Assert.Equal((Million, 1, TimeSpan.MaxValue), (timed.Entries, timed.Rounds, timed.Limit));
        Assert.Equal([EntriesPlan.Object], timed.Objects);
        Assert.Equal(3, EntriesPlan.Timed(options, Million, rounds: 3).Rounds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_cache_of_no_entries_is_refused(int entries)
    {
        var thrown = Assert.Throws<BenchException>(() => EntriesPlan.Timed(PlanTests.Options(kernelTls: true), entries, rounds: null));
        Assert.Equal($"--entries {entries}: ask for one at least, such as 1000000.", thrown.Message);
    }

    [Fact]
    public void Requests_differ_in_a_number_of_ten_digits()
    {
        var requests = new EntryRequests("127.0.0.1:80");
        Assert.Equal("GET /entries/0000000007 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n", Encoding.ASCII.GetString(requests.Of(7)));
        Assert.Equal("GET /entries/0001000000 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n", Encoding.ASCII.GetString(requests.Of(Million)));
    }
}
