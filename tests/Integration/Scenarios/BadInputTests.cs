using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What a stranger may send, and what the proxy answers; afterwards it serves as before.</summary>
public sealed class BadInputTests(SharedProxies shared)
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    public async Task A_malformed_request_is_refused_and_the_connection_closed(string request, int status)
    {
        foreach (var transport in new[] { Transport.Plaintext, Transport.Tls13User })
        {
            var proxy = await shared.BeforeScriptedAsync(transport);
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            await client.SendAsync(request);
            var reply = await client.ReadReplyAsync();
            Assert.Equal(status, reply.Status);
            Assert.Equal("close", reply.Head["Connection"]);
            Assert.NotEmpty(reply.Text);
            Assert.True(await client.IsClosedByProxyAsync());
        }
    }

    [Theory]
    [InlineData(20_000, "", 414)]
    [InlineData(1, "X: ", 431)]
    public async Task A_request_that_is_too_large_is_refused(int targetLength, string field, int status)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var fields = field.Length == 0 ? string.Empty : field + new string('x', 40_000) + "\r\n";
        await client.SendAsync($"GET /{new string('a', targetLength)} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        var reply = await client.ReadReplyAsync();
        Assert.Equal((status, "tlsproxy; detail=refused"), (reply.Status, reply.Head["Cache-Status"]));
    }

    [Fact]
    public async Task Plain_HTTP_on_the_TLS_port_is_told_so_in_clear()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        await using var client = await ClientConnection.OpenRawAsync(proxy.Port(Transport.Tls13User));
        await client.RequestAsync("/health");
        var reply = await client.ReadReplyAsync();
        Assert.Equal(400, reply.Status);
        Assert.Contains("https", reply.Text, StringComparison.Ordinal);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task Garbage_on_the_TLS_port_gets_an_alert_and_the_end()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        await using var client = await ClientConnection.OpenRawAsync(proxy.Port(Transport.Tls13User));
        await client.SendAsync(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 });
        var alert = new byte[7];
        await client.Reader.ReadExactlyAsync(alert, client.Limit);
        Assert.Equal([21, 3, 3, 0, 2, 2, 10], alert);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task A_broken_chunk_of_a_request_is_refused()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync("/object/none", method: "POST", fields: "Transfer-Encoding: chunked\r\n");
        await client.SendAsync("zz\r\n");
        Assert.Equal(400, (await client.ReadReplyAsync()).Status);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task An_origin_that_is_down_is_a_502_and_the_next_request_asks_again()
    {
        using var taken = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        taken.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        var port = ((System.Net.IPEndPoint)taken.LocalEndPoint!).Port;
        await using var proxy = await shared.StartAsync(new Uri($"http://127.0.0.1:{port}"), Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        for (var i = 0; i < 3; i++)
            Assert.Equal(502, (await client.GetAsync("/object/x")).Status);
    }

    [Fact]
    public async Task A_silent_origin_is_a_504()
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--origin-timeout", "300ms", "--origin-connect-timeout", "300ms");
        var over = new Gate(1);
        var path = shared.Scripted.Add(exchange => over.WaitAsync(exchange.End));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal(504, (await client.GetAsync(path)).Status);
        over.Arrive();
    }

    [Theory]
    [InlineData("--head-timeout", "GET / HT", 408)]
    [InlineData("--body-timeout", "POST /object/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", 408)]
    [InlineData("--head-timeout", "GET / HTTP/1.1\r\nHost: a\r\n", 408)]
    [InlineData("--head-timeout", "\r\n\r\nG", 408)]
    [InlineData("--body-timeout", "POST /object/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", 408)]
    [InlineData("--body-timeout", "POST /object/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX:", 408)]
    [InlineData("--idle-timeout", "GET /health HTTP/1.1\r\nHost: a\r\n\r\n", 200)]
    public async Task A_slow_client_is_cut_by_its_deadline(string option, string sent, int status)
    {
        // The time for a head runs from the handshake's end on, when the client has yet to notice that.
        var time = option == "--head-timeout" ? "2s" : "200ms";
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, option, time);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        await client.SendAsync(sent);
        Assert.Equal(status, (await client.ReadReplyAsync()).Status);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n\r")]
    public async Task A_client_that_sends_no_request_is_closed_without_an_answer(string sent)
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--head-timeout", "200ms");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.SendAsync(sent);
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task A_head_that_drips_is_cut_by_its_deadline_however_steadily_it_comes()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--head-timeout", "500ms");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        var reply = client.ReadReplyAsync();
        // The drops only have to come more often than the deadline; how much more often doesn't matter.
        while (!reply.IsCompleted)
        {
            await Task.WhenAny(reply, Task.Delay(50, client.Limit));
            if (!reply.IsCompleted && !await TrySendAsync(client, "x"))
                break;
        }

        Assert.Equal(408, (await reply).Status);
    }

    [Fact]
    public async Task A_handshake_that_does_not_end_is_cut_by_its_deadline()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--handshake-timeout", "200ms");
        await using var client = await ClientConnection.OpenRawAsync(proxy.Port(Transport.Tls13User));
        await client.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 });
        Assert.True(await client.IsClosedByProxyAsync());
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_cut_by_its_deadline()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User, "--write-timeout", "300ms");
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(20_000_000), "Cache-Control: max-age=60"));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        await client.RequestAsync(path);
        await proxy.WaitUntilAsync(statistics => statistics.Requests == 1, "the request");
        await proxy.WaitUntilAsync(statistics => statistics.OpenConnections == 0, "no connection");
    }

    private static async Task<bool> TrySendAsync(ClientConnection client, string text)
    {
        try
        {
            await client.SendAsync(text);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task A_wrong_option_is_told_in_a_sentence_without_the_help()
    {
        var result = await Command.RunAsync(ProxyProcess.Program, ["serve", "--origin", "http://127.0.0.1:1", "--wrokers", "3"]);
        Assert.Equal((1, 0), (result.ExitStatus, result.Output.Length));
        Assert.Equal(
            "tlsproxy: --wrokers: there is no such option. Did you mean --workers?\nSee tlsproxy serve --help.\n", result.Error);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("doctor")]
    public async Task Help_is_grouped_though_options_are_missing(string command)
    {
        var result = await Command.RunAsync(ProxyProcess.Program, [command, "--help"]);
        var text = Encoding.UTF8.GetString(result.Output);
        Assert.Equal((0, ""), (result.ExitStatus, result.Error));
        Assert.Contains("\nCache\n  --cache-size <size>\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.Split('\n'), line => line.Length > 80);
    }

    [Fact]
    public async Task Help_without_a_command_names_the_commands_and_a_wrong_command_is_a_sentence()
    {
        var help = await Command.RunAsync(ProxyProcess.Program, ["--help"]);
        Assert.Contains("\nCommands\n  serve\n", Encoding.UTF8.GetString(help.Output), StringComparison.Ordinal);
        Assert.DoesNotContain(Encoding.UTF8.GetString(help.Output).Split('\n'), line => line.Length > 80);

        var wrong = await Command.RunAsync(ProxyProcess.Program, ["serv"]);
        Assert.Equal(1, wrong.ExitStatus);
        Assert.Equal(
            "tlsproxy: 'serv' is no command; write tlsproxy serve or tlsproxy doctor. Did you mean serve?\nSee tlsproxy --help.\n",
            wrong.Error);
    }

    [Theory]
    [InlineData("--certificate", "/does/not/exist.pem")]
    [InlineData("--key", "/does/not/exist.pem")]
    [InlineData("--listen", "ftp://x")]
    [InlineData("--cache-size", "much")]
    [InlineData("--workers", "0")]
    [InlineData("--ktls", "maybe")]
    [InlineData("--ktls-threshold", "bulky")]
    [InlineData("--send-buffer", "9GiB")]
    [InlineData("--tune", "nothing=1")]
    [InlineData("--libssl", "/does/not/exist.so")]
    [InlineData("--transport", "kqueue")]
    public async Task A_wrong_option_ends_the_start_with_a_sentence_that_names_it(string option, string value)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, option, value));
        Assert.Contains(option, failure.Message.Split("It said:")[1], StringComparison.Ordinal);
    }
}
