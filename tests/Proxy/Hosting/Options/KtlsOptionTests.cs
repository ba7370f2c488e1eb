using System.CommandLine;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class KtlsOptionTests
{
    [Theory]
    [InlineData("", true, 256 << 10)]
    [InlineData("--ktls auto", true, 256 << 10)]
    [InlineData("--ktls-threshold 16KiB", true, 16 << 10)]
    [InlineData("--ktls-threshold 0", false, 0)]
    [InlineData("--ktls-require", false, 256 << 10)]
    [InlineData("--ktls tx", false, 256 << 10)]
    [InlineData("--ktls both --ktls-threshold 1KiB", false, 1 << 10)]
    [InlineData("--ktls off", false, 256 << 10)]
    public void The_cheaper_one_makes_records_where_nothing_else_is_asked_for(string arguments, bool chooses, long threshold)
    {
        var (groups, command) = Groups();

        var options = groups.Bind(command.Parse($"--listen http://127.0.0.1:0 --origin http://127.0.0.1:1 {arguments}")).Tls;

        Assert.Equal((chooses, threshold), (options.ChoosesByCost, options.ThresholdBytes));
    }

    [Theory]
    [InlineData("bulky")]
    [InlineData("-1")]
    [InlineData("")]
    public void A_threshold_that_is_no_size_is_refused_by_the_options_name(string value)
    {
        var (_, command) = Groups();

        var errors = command.Parse(["--origin", "http://127.0.0.1:1", "--ktls-threshold", value]).Errors;

        Assert.StartsWith($"--ktls-threshold: '{value}' is no size;", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    private static (ServeOptionGroups Groups, Command Command) Groups()
    {
        var groups = new ServeOptionGroups(isServing: true);
        var command = new Command("serve");
        groups.AddTo(command);
        return (groups, command);
    }
}
