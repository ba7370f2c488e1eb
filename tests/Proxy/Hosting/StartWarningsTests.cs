using System.CommandLine;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class StartWarningsTests
{
    private const long Memory = 8L << 30;

    [Theory]
    [InlineData("--admin http://0.0.0.0:9090", "--admin http://0.0.0.0:9090 can be reached from other networks")]
    [InlineData("--admin http://*:9090", "can be reached from other networks")]
    [InlineData("--admin http://192.0.2.1:9090", "can be reached from other networks")]
    [InlineData("--admin http://[2001:db8::1]:9090", "can be reached from other networks")]
    [InlineData("--workers 5", "--workers 5: the process may use 4 processors")]
    [InlineData("--cache-size 1MiB --max-object-size 2MiB", "--max-object-size 2MiB is more than the --cache-size of 1MiB")]
    [InlineData("--cache-size 9GiB", "--cache-size 9GiB is more than the 8GiB of memory")]
    public void What_can_hardly_be_meant_is_told_in_one_sentence(string options, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Warnings(options)), StringComparison.Ordinal);

    [Theory]
    [InlineData("--admin http://127.0.0.1:9090")]
    [InlineData("--admin http://[::1]:9090")]
    [InlineData("--admin http://10.1.2.3:9090")]
    [InlineData("--admin http://192.168.1.1:9090")]
    [InlineData("--admin http://[fd00::1]:9090")]
    [InlineData("--workers 4 --cache-size 8GiB --max-object-size 8GiB")]
    public void What_can_be_meant_is_not(string options) => Assert.Empty(Warnings(options));

    private static IEnumerable<string> Warnings(string arguments)
    {
        var options = new ServeOptionGroups(isServing: true);
        var command = new Command("serve");
        options.AddTo(command);
        string[] workers = arguments.Contains("--workers", StringComparison.Ordinal) ? [] : ["--workers", "1"];
        var parsed = command.Parse(
        [
            "--origin", "http://127.0.0.1:1", "--listen", "http://127.0.0.1:0", .. workers,
            .. arguments.Split(' '),
        ]);
        Assert.Empty(parsed.Errors);
        return options.Warn(parsed, processors: 4, Memory);
    }
}
