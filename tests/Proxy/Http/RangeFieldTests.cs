using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class RangeFieldTests
{
    [Theory]
    [InlineData("bytes=0-9", "0+10")]
    [InlineData("BYTES=0-9", "0+10")]
    [InlineData("bytes=90-", "90+10")]
    [InlineData("bytes=-5", "95+5")]
    [InlineData("bytes=-500", "0+100")]
    [InlineData("bytes=99-1000", "99+1")]
    [InlineData("bytes=0-99999999999999999999999999", "0+100")]
    [InlineData("bytes=0-0,2-2,-1", "0+1 2+1 99+1")]
    [InlineData("bytes=, 0-0 ,\t,2-2,", "0+1 2+1")]
    [InlineData("bytes=50-59,0-9", "50+10 0+10")]
    [InlineData("bytes=0-9,100-200,20-29", "0+10 20+10")]
    [InlineData("bytes=0-9,5-14", "0+15")]
    [InlineData("bytes=0-9,10-19", "0+20")]
    [InlineData("bytes=10-19,30-39,0-50,60-69", "0+51 60+10")]
    [InlineData("bytes=60-69,0-9,40-49,8-45", "60+10 0+50")]
    [InlineData("bytes=0-,0-,0-,0-", "0+100")]
    [InlineData("bytes=100-", "")]
    [InlineData("bytes=-0", "")]
    [InlineData("bytes=100-110,-0", "")]
    public void Ranges_select_parts_in_their_order_joined_where_they_meet(string value, string expected) =>
        Assert.Equal(expected, Select(value, 100));

    [Theory]
    [InlineData("lines=0-1")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=,")]
    [InlineData("bytes 0-1")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=0-1,5-4")]
    [InlineData("bytes=-")]
    [InlineData("bytes=1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0-1-2")]
    [InlineData("bytes=0 -1")]
    [InlineData("bytes=+0-1")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=0x0-1")]
    [InlineData("bytes=0-1;q=1")]
    [InlineData("bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32")]
    public void A_field_of_another_unit_or_malformed_or_with_too_many_ranges_is_ignored(string value) =>
        Assert.Equal(0, Read(value, out _));

    [Fact]
    public void An_empty_body_satisfies_no_range_but_has_a_length()
    {
        Assert.Equal("", Select("bytes=0-0", 0));
        Assert.Equal("", Select("bytes=-5", 0));
        Assert.Equal("", Select("bytes=0-", 0));
    }

    [Theory]
    [InlineData("bytes=5-999999999999", true)]
    [InlineData("bytes=5-9007199254740991", true)]
    [InlineData("bytes=5-99999999999999999999", false)]
    [InlineData("bytes=5-1000", false)]
    [InlineData("bytes=5-", false)]
    [InlineData("bytes=-999999999999", false)]
    public void An_end_far_beyond_any_object_means_no_definite_end(string value, bool indefinite)
    {
        Assert.Equal(1, Read(value, out var ranges));
        Assert.Equal(indefinite, ranges[0].IsIndefinite);
    }

    [Fact]
    public void Random_ranges_select_just_the_bytes_they_name_each_once()
    {
        var random = new Random(9110);
        for (var round = 0; round < 20_000; round++)
        {
            var total = random.Next(1, 40);
            var named = new bool[total];
            var members = Enumerable.Range(0, random.Next(1, RangeField.RangesMaximum + 1))
                .Select(_ => Member(random, total, named)).ToArray();

            var parts = new ByteSpan[RangeField.RangesMaximum];
            var count = Read("bytes=" + string.Join(',', members), out var ranges);
            Assert.Equal(members.Length, count);
            count = RangeField.Select(ranges.AsSpan(0, count), total, parts);

            var selected = new int[total];
            foreach (var part in parts.AsSpan(0, count))
            {
                Assert.InRange(part.Length, 1, total);
                for (var i = part.Start; i < part.End; i++)
                    selected[i]++;
            }

            Assert.True(named.Select(is_ => is_ ? 1 : 0).SequenceEqual(selected), $"Round {round}: {string.Join(',', members)} of {total}");
        }
    }

    [Fact]
    public void Random_fields_are_read_or_ignored_and_never_more()
    {
        var random = new Random(14);
        for (var round = 0; round < 50_000; round++)
        {
            var value = "bytes=" + string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => "0123456789-,, \t"[random.Next(15)]));
            var count = Read(value, out var ranges);
            var members = value[6..].Split(',').Select(member => member.Trim(' ', '\t')).Where(member => member.Length > 0).ToArray();
            Assert.True(count == 0 || count == members.Length, value);
            for (var i = 0; i < count; i++)
            {
                var dash = members[i].IndexOf('-', StringComparison.Ordinal);
                Assert.Equal(Number(members[i][..dash]), ranges[i].First);
                Assert.Equal(Number(members[i][(dash + 1)..]), ranges[i].Last);
            }
        }
    }

    private static string Member(Random random, int total, bool[] named)
    {
        var first = random.Next(total + 5);
        switch (random.Next(3))
        {
            case 0:
                named.AsSpan(Math.Min(first, total)).Fill(true);
                return $"{first}-";
            case 1:
                named.AsSpan(Math.Max(0, total - first)).Fill(true);
                return $"-{first}";
            default:
                var last = first + random.Next(10);
                named.AsSpan(Math.Min(first, total)..Math.Min(last + 1, total)).Fill(true);
                return $"{first}-{last}";
        }
    }

    private static long Number(string digits) =>
        digits.Length == 0 ? -1 : (long)Int128.Min(Int128.Parse(digits, CultureInfo.InvariantCulture), RangeField.NumberMaximum);

    private static int Read(string value, out ByteRange[] ranges)
    {
        ranges = new ByteRange[RangeField.RangesMaximum];
        return RangeField.Read(Encoding.ASCII.GetBytes(value), ranges);
    }

    private static string Select(string value, long total)
    {
        var count = Read(value, out var ranges);
        Assert.NotEqual(0, count);
        var parts = new ByteSpan[RangeField.RangesMaximum];
        count = RangeField.Select(ranges.AsSpan(0, count), total, parts);
        return string.Join(' ', parts.Take(count).Select(part => $"{part.Start}+{part.Length}"));
    }
}
