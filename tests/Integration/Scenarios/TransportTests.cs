using System.Text;
using System.Text.Json;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What the event loops stand on, chosen under filters that are real.</summary>
public sealed class TransportTests(SharedProxies shared)
{
    private const string IoUringSetup = "io_uring_setup";
    private const string DisabledSysctl = "/proc/sys/kernel/io_uring_disabled";

    [Theory]
    [InlineData(Errno.EPERM)]
    [InlineData(Errno.ENOSYS)]
    public async Task Where_a_filter_refuses_io_uring_HTTPS_is_served_over_epoll_and_the_log_says_why_and_what_to_do(Errno error)
    {
        await using var proxy = await StartAsync([(IoUringSetup, error)], "--transport", "auto", "--workers", "2");
        await ServeAsync(proxy);

        var line = proxy.Log.Split('\n').Single(line => line.Contains("2 workers on epoll", StringComparison.Ordinal));
        Assert.Contains("epoll_pwait2", line, StringComparison.Ordinal);
        Assert.Contains("packaging/seccomp-io_uring.json", line, StringComparison.Ordinal);
        Assert.Contains(
            error == Errno.EPERM ? "A seccomp filter forbids io_uring" : "The kernel has no io_uring", line, StringComparison.Ordinal);
        var transport = await ReadTransportAsync(proxy);
        Assert.Equal("epoll", transport.GetProperty("name").GetString());
        Assert.Contains(transport.GetProperty("reason").GetString()!, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_kernel_waits_in_milliseconds_alone_epoll_still_serves()
    {
        await using var proxy = await StartAsync(
            [(IoUringSetup, Errno.EPERM), ("epoll_pwait2", Errno.ENOSYS)], "--transport", "auto");
        await ServeAsync(proxy);
        Assert.Contains("epoll_wait", (await ReadTransportAsync(proxy)).GetProperty("features").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("io_uring", Errno.EPERM, "A seccomp filter forbids io_uring")]
    [InlineData("auto", Errno.ENOMEM, "ulimit -l")]
    public async Task What_was_asked_for_is_not_replaced_and_a_shortage_is_no_reason_to(string transport, Errno error, string sentence)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => StartAsync([(IoUringSetup, error)], "--transport", transport));
        Assert.Contains($"--transport {transport}: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_io_uring_are_left_out_with_a_warning_where_it_is_refused_and_refused_where_epoll_was_asked_for()
    {
        await using (var proxy = await StartAsync([(IoUringSetup, Errno.EPERM)], "--transport", "auto", "--sqpoll", "--tune", "send-zc=1"))
            Assert.Contains("--sqpoll, --tune send-zc=1: only io_uring has such settings", proxy.Log, StringComparison.Ordinal);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--transport", "epoll", "--sqpoll"));
        Assert.Contains("epoll has no --sqpoll", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Epoll_is_taken_where_it_was_asked_for()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--transport", "epoll");
        await ServeAsync(proxy);
        Assert.Contains("workers on epoll (edge_triggered,epoll_pwait2). It was asked for.", proxy.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_that_epoll_will_serve_where_io_uring_is_refused()
    {
        string[] command = [.. SystemCalls.Refuse((IoUringSetup, Errno.EPERM)), ProxyProcess.Program, "doctor"];
        var result = await Command.RunAsync(command[0], command[1..]);
        var said = Encoding.UTF8.GetString(result.Output);

        Assert.True(result.ExitStatus == 0, said + result.Error);
        Assert.Contains("The proxy can serve here", said, StringComparison.Ordinal);
        Assert.Contains("takes epoll. io_uring can't be used. A seccomp filter forbids io_uring", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_the_profile_for_containers_HTTPS_is_served_over_io_uring()
    {
        SkipWhereForbidden();
        await using var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(), ["--transport", "io_uring"],
            SystemCalls.Profile());
        await ServeAsync(proxy);
        Assert.Contains("workers on io_uring", proxy.Log, StringComparison.Ordinal);
    }

    private static void SkipWhereForbidden() => Assert.SkipWhen(
        File.Exists(DisabledSysctl) && File.ReadAllText(DisabledSysctl).Trim() != "0",
        "SKIPPED: kernel.io_uring_disabled forbids io_uring here");

    private Task<ProxyProcess> StartAsync((string Call, Errno Error)[] refusals, params string[] options)
    {
        SkipWhereForbidden();
        return ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, new Dictionary<string, string>(), ["--ktls", "off", .. options],
            SystemCalls.Refuse(refusals));
    }

    private async Task ServeAsync(ProxyProcess proxy)
    {
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(300_000), "Cache-Control: max-age=60"));
        for (var i = 0; i < 3; i++)
            Assert.Equal(TestContent.Make(300_000), await Curl.GetAsync(proxy, Transport.Tls13User, Persistence.KeepAlive, path));
        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    private static async Task<JsonElement> ReadTransportAsync(ProxyProcess proxy)
    {
        using var document = JsonDocument.Parse((await proxy.ReadStatisticsAsync()).ToString());
        return document.RootElement.GetProperty("transport").Clone();
    }
}
