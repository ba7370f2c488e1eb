using TlsProxy.Bench.Load;

namespace TlsProxy.Bench.Tests;

public sealed class CongestionWarningTests
{
    [Theory]
    [InlineData(false, false, "as root this measures in a network of its own")]
    [InlineData(false, true, "could make no network of its own")]
    [InlineData(true, false, "then start the targets")]
    [InlineData(true, true, "then start the targets")]
    public void Under_bbr_it_names_what_helps_this_user_with_these_servers(bool isOfTargets, bool isRoot, string advice) =>
        Assert.Contains(advice, CongestionWarning.Of("bbr", isOfTargets, isRoot), StringComparison.Ordinal);

    [Fact]
    public void Under_reno_there_is_nothing_to_warn_of() => Assert.Null(CongestionWarning.Of("reno", isOfTargets: true, isRoot: false));
}
