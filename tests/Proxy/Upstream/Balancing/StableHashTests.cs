using System.Text;
using TlsProxy.Proxy.Upstream.Balancing;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

public sealed class StableHashTests
{
    /// <summary>The vectors of RFC 9923, appendix C.</summary>
    [Theory]
    [InlineData("", 0xCBF29CE484222325)]
    [InlineData("a", 0xAF63DC4C8601EC8C)]
    [InlineData("foobar", 0x85944171F73967E8)]
    public void It_is_that_of_the_specification(string text, ulong hash) =>
        Assert.Equal(hash, StableHash.Of(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Mixing_changes_half_of_the_bits_for_each_that_differs()
    {
        for (var bit = 0; bit < 64; bit++)
        {
            var changed = 0;
            for (ulong i = 0; i < 1000; i++)
                changed += System.Numerics.BitOperations.PopCount(StableHash.Mix(i) ^ StableHash.Mix(i ^ (1UL << bit)));
            Assert.InRange(changed / 1000.0, 28, 36);
        }
    }
}
