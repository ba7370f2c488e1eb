using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Who makes records by <c>--ktls auto</c>, in a kernel with TLS.</summary>
[Trait("Kernel", "tls")]
public sealed class RecordChoiceTests(SharedProxies shared)
{
    [Theory]
    [InlineData(Transport.Tls12User)]
    [InlineData(Transport.Tls13User)]
    public async Task A_connection_goes_where_the_start_line_and_the_statistics_say(Transport client)
    {
        await using var proxy = await StartAsync("--ktls", "auto");
        var makers = (await proxy.ReadStatisticsAsync()).RecordMakers;

        var line = await AskAsync(proxy, client);

        Assert.Equal(["AES-128-GCM", "AES-256-GCM", "ChaCha20-Poly1305"], makers.Keys);
        foreach (var (name, made) in makers)
            Assert.Contains($"{name} in {(made == "kernel" ? "the kernel" : "user space")} (", proxy.Log, StringComparison.Ordinal);
        var maker = makers[line.Suite.Contains("256", StringComparison.Ordinal) && !line.Suite.Contains("128", StringComparison.Ordinal)
            ? "AES-256-GCM" : "AES-128-GCM"];
        Assert.Equal(maker switch { "kernel" => "tx", "user_space" => "none:dearer", _ => "none:unmeasured" }, line.Ktls);
        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Equal(
            (maker == "kernel" ? 1 : 0, maker == "user_space" ? 1 : 0, maker == "unmeasured" ? 1 : 0),
            (statistics.KernelTransmit, statistics.UserSpaceFor("dearer"), statistics.UserSpaceFor("unmeasured")));
    }

    [Theory]
    [InlineData("--ktls-threshold", "0")]
    [InlineData("--ktls-require", "true")]
    [InlineData("--ktls", "tx")]
    public async Task Where_cost_does_not_matter_nothing_is_measured_and_the_kernel_makes_the_records(string option, string value)
    {
        await using var proxy = await StartAsync(option, value);

        var line = await AskAsync(proxy, Transport.Tls13User);

        Assert.Equal("tx", line.Ktls);
        var statistics = await proxy.ReadStatisticsAsync();
        Assert.Equal((1, 0), (statistics.KernelTransmit, statistics.RecordMakers.Count));
        Assert.Contains("sent records in the kernel", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_has_a_line_for_each_cipher()
    {
        RunningKernel.SkipUnlessAble(Transport.Tls13KernelTransmit);

        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor"]);

        var words = System.Text.Encoding.UTF8.GetString(doctor.Output);
        Assert.Equal(3, words.Split("; auto makes records in ").Length - 1);
        Assert.Contains("  ok  ktls      AES-128-GCM cost ", words, StringComparison.Ordinal);
    }

    private Task<ProxyProcess> StartAsync(params string[] options)
    {
        RunningKernel.SkipUnlessAble(Transport.Tls13KernelTransmit);
        return ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, [.. RunningKernel.Deadlines(options), "--access-log", "access.log", .. options]);
    }

    private static async Task<AccessLogLine> AskAsync(ProxyProcess proxy, Transport transport)
    {
        await using var client = await ClientConnection.OpenAsync(proxy, transport);
        Assert.Equal(200, (await client.GetAsync("/health")).Status);
        return Assert.Single(await AccessLogLine.ReadAsync(proxy, "/health", 1));
    }
}
