using TlsProxy.Proxy.Upstream.Health;

namespace TlsProxy.Proxy.Tests.Upstream.Health;

public sealed class CheckedHealthTests
{
    /// <summary>Results by letters, and where the member is down after each.</summary>
    [Theory]
    [InlineData("w", ".")]
    [InlineData("ff", ".d")]
    [InlineData("fwf", "...")]
    [InlineData("fwff", "...d")]
    [InlineData("ffw", ".dd")]
    [InlineData("ffww", ".dd.")]
    [InlineData("ffwfw", ".dddd")]
    [InlineData("fffwwff", ".ddd..d")]
    public void Two_results_in_a_row_change_it(string results, string states)
    {
        var health = new CheckedHealth();
        var found = results.Select(result =>
        {
            health.OnResult(isWell: result == 'w');
            return health.IsDown ? 'd' : '.';
        });

        Assert.Equal(states, string.Concat(found));
    }
}
