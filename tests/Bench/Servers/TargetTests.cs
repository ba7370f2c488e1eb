using System.Globalization;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Servers;

public sealed class TargetTests
{
    private static readonly string Own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void A_target_has_a_name_a_URL_and_a_process()
    {
        var target = Target.Parse($"my nginx=https://127.0.0.1:8443/a?b=c,d,pid={Own}");

        Assert.Equal(
            ("my nginx", "https://127.0.0.1:8443/a?b=c,d", Environment.ProcessId), (target.Name, target.Url.AbsoluteUri, target.ProcessId));
    }

    [Theory]
    [InlineData("https://127.0.0.1/", "it is written NAME=URL,pid=N")]
    [InlineData("a=http://127.0.0.1/", "it is written NAME=URL,pid=N")]
    [InlineData("a=ftp://127.0.0.1/,pid=1", "is not a valid URL")]
    [InlineData("a=127.0.0.1,pid=1", "is not a valid URL")]
    [InlineData("a=http://127.0.0.1/,pid=99999999", "there is no process 99999999")]
    public void What_is_wrong_is_said_with_what_to_write(string text, string said)
    {
        var thrown = Assert.Throws<BenchException>(() => Target.Parse(text));

        Assert.StartsWith($"--target {text}: ", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
    }
}
