using System.Text;
using System.Text.Json;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>The access log as the tools read it that people have, whatever clients have sent.</summary>
public sealed class AccessLogTests(SharedProxies shared)
{
    private const string Honest =
        "GET /health HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8.1\r\nReferer: https://r.example/\r\nConnection: close\r\n\r\n";

    // Bytes as of Latin-1.
    private static readonly string[] s_hostile =
    [
        Agent("\"quoted\" \\backslash\\"), Agent("a\" 200 1 \"-\" \"other"), Agent("\u00ff\u00fe\u00e2\u0082"), Agent("\u00e2\u0082\u00ac"),
        Agent("\u00c2\u009b31m\u00e2\u0080\u00a8"), Agent("tab\there"), Agent(new string('u', 16_384)), Agent(new string('"', 16_384)),
        "GET /\u0000\u001b[2J HTTP/1.1\r\nHost: a\r\n\r\n", "GET /\" 200 HTTP/1.1\r\n\r\n", "\u0016\u0003\u0001\u0002\r\n\r\n",
        "nonsense\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rGET /injected HTTP/1.1\r\n\r\n",
        "GET /x%0d%0aInjected: 1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ];

    [Fact]
    public async Task Jq_reads_an_object_for_each_request()
    {
        var jq = ClientProgram.Find("jq");
        using var folder = new TemporaryFolder();
        await AskAsync(folder["access.log"], "json");

        const string Values = "[.status, .remote_addr, .request_method, .http_user_agent, (.request_time | type)] | @json";
        var read = await Command.RunAsync(jq, ["-r", Values, folder["access.log"]]);

        Assert.Equal((0, ""), (read.ExitStatus, read.Error));
        var lines = Encoding.UTF8.GetString(read.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(s_hostile.Length + 1, lines.Length);
        Assert.Equal("""[200,"127.0.0.1","GET","curl/8.1","number"]""", lines[0]);
        Assert.Contains(lines, line => line.Contains('\u20ac'));
        Assert.Contains("""[200,"127.0.0.1","GET","\"quoted\" \\backslash\\","number"]""", lines);
    }

    [Fact]
    public async Task GoAccess_takes_every_line_of_the_combined_format()
    {
        var goAccess = ClientProgram.Find("goaccess");
        using var folder = new TemporaryFolder();
        await AskAsync(folder["access.log"], "combined");

        var read = await Command.RunAsync(
            goAccess,
            [folder["access.log"], "--log-format=COMBINED", "--no-global-config", "--no-progress", "--output=" + folder["report.json"]]);

        Assert.True(read.ExitStatus == 0, read.Error);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["report.json"]));
        var general = report.RootElement.GetProperty("general");
        Assert.Equal(
            (s_hostile.Length + 1, s_hostile.Length + 1, 0),
            (general.GetProperty("total_requests").GetInt32(), general.GetProperty("valid_requests").GetInt32(),
                general.GetProperty("failed_requests").GetInt32()));
    }

    [Fact]
    public async Task Requests_that_end_before_their_responses_have_lines_too()
    {
        using var folder = new TemporaryFolder();
        var half = new Gate(1);
        var over = new Gate(1);
        var cut = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 2000", "Cache-Control: no-store");
            await exchange.SendAsync(TestContent.Make(1000));
            await half.WaitAsync(exchange.End);
            exchange.Close();
        });
        var large = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(8_000_000), "Cache-Control: max-age=60"));
        var left = shared.Scripted.Add(exchange => over.WaitAsync(exchange.End));
        await using (var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--access-log", folder["access.log"], "--access-log-format", "combined"))
        {
            await using var reader = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await reader.RequestAsync(cut);
            await reader.ReadHeadAsync();
            await reader.Reader.ReadExactlyAsync(new byte[1000], reader.Limit);
            half.Arrive();
            Assert.True(await reader.IsClosedByProxyAsync());

            await using var leaver = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await leaver.RequestAsync(left);
            await proxy.WaitUntilAsync(statistics => statistics.Requests == 2, "both requests");
            leaver.Reset();
            await proxy.WaitUntilAsync(statistics => statistics.OpenConnections == 0, "no connection");
            over.Arrive();

            await using var taker = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            Assert.Equal(8_000_000, (await taker.GetAsync(large)).Body.Length);
            await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
            await using var stopper = await ClientConnection.OpenAsync(proxy, Transport.Plaintext, receiveBuffer: 4096);
            await stopper.RequestAsync(large);
            await stopper.ReadHeadAsync();
            stopper.Reset();
            await proxy.WaitUntilAsync(statistics => statistics.OpenConnections == 1, "one connection");
        }

        var lines = await File.ReadAllLinesAsync(folder["access.log"]);
        Assert.Equal(4, lines.Length);
        Assert.All(lines, line => Assert.StartsWith("127.0.0.1 - - ", line, StringComparison.Ordinal));
        Assert.Matches($"\"GET {large} HTTP/1\\.1\" 200 [0-9]{{1,7}} ", lines[3]);
        Assert.EndsWith($"\"GET {cut} HTTP/1.1\" 200 1000 \"-\" \"-\"", lines[0], StringComparison.Ordinal);
        Assert.EndsWith($"\"GET {left} HTTP/1.1\" 499 0 \"-\" \"-\"", lines[1], StringComparison.Ordinal);
    }

    private static string Agent(string value) => $"GET /health HTTP/1.1\r\nHost: a\r\nUser-Agent: {value}\r\nConnection: close\r\n\r\n";

    /// <summary>Has a proxy write a line for each request.</summary>
    private async Task AskAsync(string file, string format)
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--access-log", file, "--access-log-format", format);
        foreach (var request in s_hostile.Prepend(Honest))
        {
            await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await client.SendAsync(Encoding.Latin1.GetBytes(request));
            await client.ReadReplyAsync();
            Assert.True(await client.IsClosedByProxyAsync());
        }
    }
}
