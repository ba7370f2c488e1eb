using System.Diagnostics;
using System.Globalization;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>WebSockets of clients that people use, to a server that they use, through the proxy.</summary>
public sealed class WebSocketTests(SharedProxies shared)
{
    private static readonly string[] s_ofPython =
        ["echo", "0 same", "1 same", "125 same", "126 same", "65536 same", "3000000 same", "1000"];

    private static readonly string[] s_ofNode = ["echo", "1 same", "125 same", "126 same", "65536 same", "1000000 same", "1000"];

    [Theory]
    [MemberData(nameof(Matrix.Transports), MemberType = typeof(Matrix))]
    public async Task Python(Transport transport)
    {
        await using var origin = await WebSocketServer.StartAsync();
        await using var proxy = await shared.StartAsync(origin.Address, transport, "--access-log", "access.log");

        var result = await Command.RunAsync(
            ClientProgram.Find("python3"),
            [ClientProgram.Script("websocket_client.py"), Url(proxy, transport), proxy.Certificates.AuthorityFile]);

        Check(s_ofPython, result);
        await proxy.WaitUntilAsync(now => now.OpenConnections == 0, "no open connection");
        var line = await LineAsync(proxy);
        Assert.Contains("\" 101 ", line, StringComparison.Ordinal);
        Assert.Matches(" body=30\\d{5} received=30\\d{5} ", line);
    }

    [Theory]
    [InlineData(Transport.Plaintext)]
    [InlineData(Transport.Tls13User)]
    public async Task Node(Transport transport)
    {
        await using var origin = await WebSocketServer.StartAsync();
        await using var proxy = await shared.StartAsync(origin.Address, transport);

        var result = await Command.RunAsync(
            "/usr/bin/env",
            [
                "NODE_EXTRA_CA_CERTS=" + proxy.Certificates.AuthorityFile, ClientProgram.Find("node"), "--experimental-websocket",
                ClientProgram.Script("websocket.mjs"), Url(proxy, transport),
            ]);

        Check(s_ofNode, result);
    }

    [Theory]
    [InlineData(Transport.Tls13User)]
    public async Task Chromium(Transport transport)
    {
        var program = ClientProgram.Find("chromium");
        await using var origin = await WebSocketServer.StartAsync();
        await using var proxy = await shared.StartAsync(origin.Address, transport, "--access-log", "access.log");
        using var profile = new TemporaryFolder();
        // With a port for its debugger it stays until it is ended.
        var start = new ProcessStartInfo(program,
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-proxy-server", $"--user-data-dir={profile.Location}",
            $"--ignore-certificate-errors-spki-list={proxy.Certificates.PublicKeyHash}", "--remote-debugging-port=0",
            $"{proxy.Address(transport)}/page",
        ])
        { RedirectStandardError = true };
        using var browser = Process.Start(start)!;
        browser.BeginErrorReadLine();
        try
        {
            await AccessLogLine.ReadAsync(proxy, "/result/echo-same-same-same-same-same-1000", 1);
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    private static string Url(ProxyProcess proxy, Transport transport) => string.Create(
        CultureInfo.InvariantCulture, $"{(transport.IsTls() ? "wss" : "ws")}://localhost:{proxy.Port(transport)}/echo");

    private static void Check(string[] expected, CommandResult result)
    {
        Assert.True(result.ExitStatus == 0, result.Error);
        Assert.Equal(expected, Encoding.ASCII.GetString(result.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<string> LineAsync(ProxyProcess proxy)
    {
        await AccessLogLine.ReadAsync(proxy, "/echo", 1);
        return Assert.Single(await File.ReadAllLinesAsync(proxy.AccessLogFile));
    }
}
