using System.CommandLine;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class UnknownVariablesTests
{
    private readonly RootCommand _root = new() { new ServeCommand(), new Command("doctor") { new Option<bool>("--json") } };

    [Theory]
    [InlineData("TLSPROXY_WROKERS", "TLSPROXY_WROKERS is set in the environment, and there is no such option. Did you mean "
        + "TLSPROXY_WORKERS?")]
    [InlineData("TLSPROXY_NOTHING_LIKE_IT", "TLSPROXY_NOTHING_LIKE_IT is set in the environment, and there is no such option.")]
    public void One_that_sets_no_option_is_told(string name, string sentence) => Assert.Equal([sentence], Find(name, "3"));

    [Theory]
    [InlineData("TLSPROXY_WORKERS", "3")]
    [InlineData("TLSPROXY_CONFIG", "file")]
    [InlineData("TLSPROXY_JSON", "1")]
    [InlineData("TLSPROXYX", "1")]
    [InlineData("PATH", "/bin")]
    public void Others_are_not(string name, string value) => Assert.Empty(Find(name, value));

    [Theory]
    [InlineData("TLSPROXY_SERVICE_HOST", "10.0.0.1")]
    [InlineData("TLSPROXY_SERVICE_PORT_HTTPS", "443")]
    [InlineData("TLSPROXY_PORT", "tcp://10.0.0.1:443")]
    [InlineData("TLSPROXY_PORT_443_TCP_ADDR", "10.0.0.1")]
    [InlineData("TLSPROXY_STATS_SERVICE_HOST", "10.0.0.1")]
    [InlineData("TLSPROXY_STATS_PORT", "tcp://10.0.0.1:443")]
    [InlineData("TLSPROXY_STATS_PORT_443_TCP", "tcp://10.0.0.1:443")]
    public void Those_that_Kubernetes_sets_for_a_Service_are_not(string name, string value) => Assert.Empty(Find(name, value));

    private IEnumerable<string> Find(string name, string value) => UnknownVariables.Find(_root, [new(name, value)]);
}
