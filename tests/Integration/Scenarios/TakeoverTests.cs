using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>A proxy that takes the listening sockets of another over. TLSPROXY_TEST_TAKEOVERS is how often that happens under
/// load.</summary>
public sealed class TakeoverTests(SharedProxies shared) : IDisposable
{
    private const int AnswersBetween = 50;

    private static readonly string[] s_workers = ["2", "1", "4", "3"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task No_request_is_lost_when_proxies_with_more_or_fewer_workers_replace_each_other(Transport transport)
    {
        var content = TestContent.Make(3000);
        var stored = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: max-age=3600"));
        var passed = shared.Scripted.Add(exchange => exchange.AnswerAsync(content, "Cache-Control: no-store"));
        await using var first = await StartAsync(transport, "--workers", "3");
        await using var load = new TakeoverLoad(first, transport, stored, passed);
        var last = first;
        for (var takeover = 0; takeover < TestRun.Takeovers; takeover++)
        {
            await load.WaitForAsync(AnswersBetween);
            var next = await StartAsync(transport, "--takeover", "--workers", s_workers[takeover % s_workers.Length]);
            Assert.Equal(first.Port(transport), next.Port(transport));
            Assert.Equal(first.AdminAddress, next.AdminAddress);
            Assert.Equal(0, await last.WaitForExitAsync("after it was taken over"));
            if (last != first)
                await last.DisposeAsync();
            last = next;
        }

        await load.WaitForAsync(AnswersBetween);
        var lost = await load.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{TestRun.Takeovers} takeovers: {load.Kept} answers on kept connections, {load.Connections} on new ones, {lost.Length} lost");
        await last.DisposeAsync();

        Assert.Empty(lost);
    }

    [Fact]
    public async Task A_second_start_on_the_port_of_a_running_proxy_says_whose_it_is()
    {
        await using var proxy = await StartAsync(Transport.Plaintext);
        var address = $"http://127.0.0.1:{proxy.Port(Transport.Plaintext)}";

        var result = await Command.RunAsync(ProxyProcess.Program, ["serve", "--listen", address, "--origin", "http://127.0.0.1:1"]);

        Assert.Equal(1, result.ExitStatus);
        Assert.Equal(
            $"tlsproxy: --listen {address}: process {proxy.ProcessId} (tlsproxy) listens there; end it, choose another address, or take "
            + "the sockets of a running tlsproxy over with --takeover.\n",
            result.Error);
    }

    [Fact]
    public async Task A_proxy_that_fails_after_it_has_the_sockets_leaves_the_other_serving()
    {
        await using var proxy = await StartAsync(Transport.Plaintext);

        // The address of the origin, which the admin address can't be.
        var result = await Command.RunAsync(ProxyProcess.Program,
        [
            "serve", "--listen", "http://127.0.0.1:0", "--origin", "http://127.0.0.1:1", "--takeover", "--takeover-socket", SocketFile,
            "--admin", shared.Scripted.Address.GetLeftPart(UriPartial.Authority),
        ]);

        Assert.Equal(1, result.ExitStatus);
        await proxy.WaitForLogAsync("a takeover was not carried through");
        for (var i = 0; i < 10; i++)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            Assert.Equal(200, (await client.GetAsync("/health", Persistence.Close)).Status);
        }
    }

    [Fact]
    public async Task A_takeover_of_nothing_is_a_start()
    {
        await using var proxy = await StartAsync(Transport.Plaintext, "--takeover");

        Assert.Contains("there is nothing to take over", proxy.Log, StringComparison.Ordinal);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal(200, (await client.GetAsync("/health", Persistence.Close)).Status);
    }

    private string SocketFile => _folder["takeover.sock"];

    private Task<ProxyProcess> StartAsync(Transport transport, params string[] options) =>
        shared.StartAsync(shared.Scripted.Address, transport, ["--takeover-socket", SocketFile, .. KeptClient.PatientDrain, .. options]);
}
