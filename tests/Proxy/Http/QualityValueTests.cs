using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class QualityValueTests
{
    [Theory]
    [InlineData("a", 1000)]
    [InlineData("a;q=1", 1000)]
    [InlineData("a;q=1.000", 1000)]
    [InlineData("a;q=0", 0)]
    [InlineData("a;q=0.", 0)]
    [InlineData("a;q=0.5", 500)]
    [InlineData("a; Q = 0.05", 50)]
    [InlineData("a/b;level=1;q=0.123;x=y", 123)]
    [InlineData("a;quality=0.5", 1000)]
    [InlineData("a;q=1.001", -1)]
    [InlineData("a;q=2", -1)]
    [InlineData("a;q=-0", -1)]
    [InlineData("a;q=.5", -1)]
    [InlineData("a;q=0.1234", -1)]
    [InlineData("a;q=0,5", -1)]
    [InlineData("a;q=", -1)]
    [InlineData("a;x=\"y\";q=0.5", -1)]
    public void RFC_9110_section_12_4_2_a_weight_has_three_decimals(string member, int thousandths) =>
        Assert.Equal(thousandths, QualityValue.Of(Encoding.ASCII.GetBytes(member)));
}
