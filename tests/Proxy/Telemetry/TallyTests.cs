using System.Globalization;
using TlsProxy.Proxy.Telemetry;

namespace TlsProxy.Proxy.Tests.Telemetry;

public sealed class TallyTests
{
    private const int Names = 64;

    private static readonly KeyValuePair<string, long>[] s_sums = [new("a", 2), new("b", 3), new("c", 1)];

    [Fact]
    public void Names_beyond_the_limit_share_one_count()
    {
        var tally = new Tally();
        for (var i = 0; i < Names + 5; i++)
        {
            tally.Count(NameOf(i));
            tally.Count(NameOf(i));
        }

        var counts = tally.Counts.ToDictionary();

        Assert.Equal(Names + 1, counts.Count);
        Assert.Equal(10, counts["others"]);
        Assert.All(Enumerable.Range(0, Names), i => Assert.Equal(2, counts[NameOf(i)]));
    }

    [Fact]
    public void A_long_name_counts_among_the_others()
    {
        var tally = new Tally();
        tally.Count(new string('n', 97));
        tally.Count(new string('n', 96));

        Assert.Equal([new(new string('n', 96), 1), new("others", 1)], tally.Counts);
    }

    [Fact]
    public void Tallies_of_several_workers_add_up_in_the_order_of_names()
    {
        var (first, second) = (new Tally(), new Tally());
        foreach (var name in new[] { "b", "a", "b" })
            first.Count(name);
        foreach (var name in new[] { "c", "b", "a" })
            second.Count(name);

        Assert.Equal(s_sums, Tally.Merge([first, second]));
    }

    [Fact]
    public void A_reader_on_another_thread_finds_a_name_for_each_count_and_none_that_shrinks()
    {
        const int Counts = 200_000;
        var tally = new Tally();
        var writer = new Thread(() =>
        {
            for (var i = 0; i < Counts; i++)
                tally.Count(NameOf(i % Names));
        });
        writer.Start();

        for (long before = 0, now = 0; now < Counts; before = now)
        {
            var counts = tally.Counts.ToArray();
            Assert.DoesNotContain(counts, count => count.Key is null);
            now = counts.Sum(count => count.Value);
            Assert.True(now >= before, $"{now} after {before}");
        }

        writer.Join();
        Assert.Equal(Names, tally.Counts.Count());
    }

    private static string NameOf(int i) => i.ToString(CultureInfo.InvariantCulture);
}
