using System.Globalization;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>The doctor adds up what strangers can make the proxy hold, by the options that the proxy is started with.</summary>
public sealed class MemoryReportTests(SharedProxies shared)
{
    [Fact]
    public async Task The_sum_is_of_the_connections_that_a_proxy_with_the_same_file_and_limit_takes()
    {
        const int limit = 700;
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(
            folder["options.json"],
            """{ "workers": 2, "cache-size": "64MiB", "max-handshakes": 200, "rules": [{ "path": "/live/", "ttl": "2s" }] }""");
        string[] options = ["--config", folder["options.json"], "--listen", "http://127.0.0.1:0"];
        string[] launcher = ["/bin/sh", "-c", string.Create(CultureInfo.InvariantCulture, $"ulimit -n {limit}; exec \"$@\""), "sh"];
        await using var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(), options, launcher);
        var connections = (await proxy.ReadStatisticsAsync()).MaximumConnections;

        // The harness starts the proxy with two listeners of its own, which count too.
        var doctor = await Command.RunAsync(
            launcher[0],
            [
                .. launcher[1..], ProxyProcess.Program, "doctor", .. options,
                "--listen", "http://127.0.0.1:0", "--listen", "https://127.0.0.1:0",
            ]);

        var text = Encoding.UTF8.GetString(doctor.Output);
        Assert.Equal((0, string.Empty), (doctor.ExitStatus, doctor.Error));
        Assert.Contains($": {connections} of 462 KiB\n", text, StringComparison.Ordinal);
        Assert.Contains(": 200 of 75 KiB\n", text, StringComparison.Ordinal);
        Assert.Matches("memory +bodies arriving or evicted in use +at most 64 MiB\n", text);
        Assert.Matches("memory +in all +at most [0-9]+ MiB beyond the cache of 64 MiB", text);
    }

    [Theory]
    [InlineData("""{ "max-connections": 100000 }""", "Or lower --max-connections")]
    [InlineData("""{ "rules": [{ "path": "live" }] }""", "has no path")]
    [InlineData("""{ "cache-sise": "1MiB" }""", "sets cache-sise")]
    public async Task Options_that_would_end_the_start_are_told(string file, string words)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], file);

        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--config", folder["options.json"]]);

        Assert.Equal(1, doctor.ExitStatus);
        Assert.Contains(words, Encoding.UTF8.GetString(doctor.Output) + doctor.Error, StringComparison.Ordinal);
    }
}
