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
            ("my nginx", "https://127.0.0.1:8443/a?b=c,d", Environment.ProcessId),
            (target.Name, target.Url.AbsoluteUri, Assert.Single(target.ProcessIds)));
    }

    [Fact]
    public void A_server_of_several_processes_names_each()
    {
        var target = Target.Parse($"workers=http://127.0.0.1/,pid={Own},pid=1");

        Assert.Equal("http://127.0.0.1/", target.Url.AbsoluteUri);
        Assert.Equal([Environment.ProcessId, 1], target.ProcessIds);
    }

    [Fact]
    public void The_time_of_all_processes_counts()
    {
        var one = new Candidate("one", Environment.ProcessId, "http://127.0.0.1/");
        var twice = one with { MoreProcessIds = [Environment.ProcessId] };

        var before = one.ProcessorTime();
        var both = twice.ProcessorTime();
        Assert.InRange(both, 2 * before, 2 * one.ProcessorTime());
    }

    [Fact]
    public void A_process_that_is_named_twice_is_refused() => Assert.Contains(
        "named twice",
        Assert.Throws<BenchException>(() => Target.Parse($"a=http://127.0.0.1/,pid={Own},pid={Own}")).Message,
        StringComparison.Ordinal);

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
