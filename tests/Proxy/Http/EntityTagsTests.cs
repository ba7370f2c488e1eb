using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class EntityTagsTests
{
    [Theory]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("\"a\", \"b\"", "\"a\"|\"b\"")]
    [InlineData("\"a\",W/\"b\" ,\t\"c\"", "\"a\"|W/\"b\"|\"c\"")]
    [InlineData(", ,\"a\",,", "\"a\"")]
    [InlineData("\"a,b\", \"\"", "\"a,b\"|\"\"")]
    [InlineData("\"a\\\", \"b\"", "\"a\\\"|\"b\"")]
    [InlineData("a, b", "a|b")]
    [InlineData("W/a,\"b", "W/a|\"b")]
    [InlineData("\"a\"\"b\"", "\"a\"|\"b\"")]
    [InlineData("*", "*")]
    [InlineData("", "")]
    public void A_list_gives_its_tags_whose_backslashes_are_bytes_like_others(string list, string tags)
    {
        ReadOnlySpan<byte> rest = Encoding.Latin1.GetBytes(list);
        var read = new List<string>();
        while (EntityTags.TryNext(ref rest, out var tag))
            read.Add(Encoding.Latin1.GetString(tag));
        Assert.Equal(tags, string.Join('|', read));
    }

    // The table of RFC 9110, section 8.8.3.2.
    [Theory]
    [InlineData("W/\"1\"", "W/\"1\"", false, true)]
    [InlineData("W/\"1\"", "W/\"2\"", false, false)]
    [InlineData("W/\"1\"", "\"1\"", false, true)]
    [InlineData("\"1\"", "\"1\"", true, true)]
    [InlineData("\"1\"", "\"2\"", false, false)]
    [InlineData("\"a\"", "\"A\"", false, false)]
    [InlineData("w/\"1\"", "\"1\"", false, false)]
    public void Comparisons_are_strong_or_weak(string one, string other, bool strongly, bool weakly)
    {
        var (a, b) = (Encoding.ASCII.GetBytes(one), Encoding.ASCII.GetBytes(other));
        Assert.Equal(strongly, EntityTags.StronglyEqual(a, b));
        Assert.Equal(strongly, EntityTags.StronglyEqual(b, a));
        Assert.Equal(weakly, EntityTags.WeaklyEqual(a, b));
        Assert.Equal(weakly, EntityTags.WeaklyEqual(b, a));
    }

    [Fact]
    public void Random_lists_end()
    {
        var random = new Random(8);
        for (var round = 0; round < 50_000; round++)
        {
            var bytes = Enumerable.Range(0, random.Next(20)).Select(_ => (byte)"\"\"W/, \t\\a*"[random.Next(10)]).ToArray();
            ReadOnlySpan<byte> rest = bytes;
            var tags = 0;
            while (EntityTags.TryNext(ref rest, out var tag))
            {
                Assert.False(tag.IsEmpty);
                tags++;
            }

            Assert.InRange(tags, 0, bytes.Length);
            Assert.True(rest.IsEmpty);
        }
    }
}
