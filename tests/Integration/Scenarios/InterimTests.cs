using System.Globalization;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Interim responses of the origin from end to end (RFC 9110, section 15.2, and RFC 8297).</summary>
public sealed class InterimTests(SharedProxies shared)
{
    private const string Hints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nX-Interim: 1\r\n\r\n";
    private const string HintsLink = "</style.css>; rel=preload; as=style, </app.js>; rel=preload; as=script";

    public static IEnumerable<TheoryDataRow<Transport>> Transports() => Matrix.Transports();

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_client_has_hints_before_the_origin_answers(Transport transport)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        var hasHints = new Gate(1);
        var path = AddHints(Hints, hasHints);
        await using var client = await ClientConnection.OpenAsync(proxy, transport);

        for (var i = 0; i < 2; i++)
        {
            await client.RequestAsync(path);
            var interim = await client.ReadHeadAsync();
            Assert.Equal("HTTP/1.1 103 Early Hints", interim.FirstLine);
            Assert.Equal(["Link", "X-Interim", "Via"], interim.Fields.Select(field => field.Key));
            Assert.Equal("</style.css>; rel=preload", interim["Link"]);
            hasHints.Arrive();
            var reply = await client.ReadReplyAsync();
            Assert.Equal((200, "answer"), (reply.Status, reply.Text));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 102 Processing\r\n\r\n", 102)]
    [InlineData(Hints, 103)]
    [InlineData("HTTP/1.1 199 Whatever\r\n\r\n", 199)]
    public async Task An_interim_response_is_not_cached_and_its_fields_are_not_those_of_the_final_one(string interim, int status)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = AddHints(interim, after: null, "Cache-Control: max-age=60");
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);

        foreach (var expected in (int[][])[[status], []])
        {
            await client.RequestAsync(path);
            var (interims, reply) = await client.ReadFinalReplyAsync();
            Assert.Equal(expected, interims.Select(head => head.Status));
            Assert.Equal((200, "answer"), (reply.Status, reply.Text));
            Assert.Null(reply.Head["Link"] ?? reply.Head["X-Interim"]);
        }

        Assert.Equal(1, shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("HTTP/1.0")]
    [InlineData("HTTP/1.1")]
    public async Task Who_speaks_1_0_or_is_answered_by_the_cache_gets_none(string version)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Plaintext);
        var path = AddHints(Hints, after: null, "Cache-Control: max-age=60");
        if (version == "HTTP/1.1")
            await RequestAsync("HTTP/1.0");

        await RequestAsync(version);

        async Task RequestAsync(string of)
        {
            await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await client.SendAsync($"GET {path} {of}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            Assert.Equal(200, (await client.ReadReplyAsync()).Status);
        }
    }

    [Fact]
    public async Task All_who_wait_for_one_answer_get_its_hints()
    {
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext);
        var (isAsked, hasHints) = (new Gate(1), new Gate(3));
        var path = shared.Scripted.Add(async exchange =>
        {
            await isAsked.WaitAsync(exchange.End);
            await exchange.SendAsync(Encoding.ASCII.GetBytes(Hints));
            await hasHints.WaitAsync(exchange.End);
            await exchange.AnswerAsync("answer"u8.ToArray(), "Cache-Control: max-age=60");
        });
        var clients = Enumerable.Range(0, 3).Select(_ => AskAsync()).ToArray();
        await proxy.WaitUntilAsync(statistics => statistics.Subscribers == 3, "three subscribers");
        isAsked.Arrive();

        Assert.All(await Task.WhenAll(clients), text => Assert.Equal("answer", text));
        Assert.Equal(1, shared.Scripted.CountRequests(path));

        async Task<string> AskAsync()
        {
            await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            await client.RequestAsync(path);
            Assert.Equal(103, (await client.ReadHeadAsync()).Status);
            hasHints.Arrive();
            return (await client.ReadReplyAsync()).Text;
        }
    }

    [Fact]
    public async Task Curl_and_node_get_the_hints_of_a_real_server()
    {
        await using var origin = await NodeOrigin.StartAsync("hints.mjs");
        await using var proxy = await shared.StartAsync(origin.Address, Transport.Tls13User);

        var address = proxy.Address(Transport.Tls13User);
        var curl = await Command.RunAsync(
            "curl", ["--silent", "--show-error", "--include", "--http1.1", "--noproxy", "*", "--cacert", proxy.Certificates.AuthorityFile,
            $"{address}/hints/curl"]);
        Assert.True(curl.ExitStatus == 0, curl.Error);
        var heads = Encoding.ASCII.GetString(curl.Output).Split("\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 103 Early Hints\r\nLink: " + HintsLink, heads[0], StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", heads[1], StringComparison.Ordinal);
        Assert.Equal("done\n", heads[2]);

        // The second is answered by the cache.
        string[] expected = ["103 " + HintsLink, "200 done", "102 -", "200 done", "200 done"];
        var lines = new List<string>();
        foreach (var path in (string[])["/hints/node", "/processing", "/hints/node"])
        {
            var port = proxy.Port(Transport.Tls13User).ToString(CultureInfo.InvariantCulture);
            var node = await Command.RunAsync(
                ClientProgram.Find("node"), [ClientProgram.Script("hints.mjs"), port, path, proxy.Certificates.AuthorityFile]);
            Assert.True(node.ExitStatus == 0, node.Error);
            lines.AddRange(Encoding.ASCII.GetString(node.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Equal(expected, lines);
    }

    private string AddHints(string interim, Gate? after, string control = "Cache-Control: no-store") =>
        shared.Scripted.Add(async exchange =>
        {
            await exchange.SendAsync(Encoding.ASCII.GetBytes(interim));
            if (after is not null)
                await after.WaitAsync(exchange.End);
            await exchange.AnswerAsync("answer"u8.ToArray(), control);
        });
}
