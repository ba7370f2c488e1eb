using System.IO.Compression;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>An nginx that compresses: its gzip has a weak tag, its identity the same as a strong one, and each of its 304s the strong
/// one.</summary>
public sealed class CompressingOriginTests(SharedProxies shared)
{
    private static readonly string?[] Clients = ["gzip", "identity", "br", null];
    private static readonly byte[] Text = [.. TestContent.Make(20_000).Select(octet => (byte)('a' + (octet & 15)))];

    [Theory]
    [InlineData("/text/", "max-age=0")]
    [InlineData("/text/", "max-age=600")]
    [InlineData("/unvaried/", "max-age=0")]
    [InlineData("/unvaried/", "max-age=600")]
    public async Task Each_client_ends_with_its_own_variant_in_every_order_of_arrival(string folder, string control)
    {
        var nginx = await shared.NginxAsync();
        var proxy = await shared.BeforeNginxAsync(Transport.Plaintext);
        await using var connection = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var file = folder + nginx.AddText(Text);
        var orders = Orders(Clients).ToArray();
        Assert.Equal(24, orders.Length);
        for (var number = 0; number < orders.Length; number++)
        {
            var path = $"{file}?control={control}&order={number}";
            var first = new Dictionary<string, ClientReply>();
            foreach (var accepted in orders[number])
                first[accepted ?? "-"] = await GetOwnAsync(connection, path, accepted, folder == "/text/");
            foreach (var accepted in orders[number])
            {
                var again = await GetOwnAsync(connection, path, accepted, folder == "/text/");
                var reuse = control == "max-age=0" ? "fwd-status=304" : "hit";
                if (folder == "/text/")
                    Assert.Contains(reuse, again.Head["Cache-Status"], StringComparison.Ordinal);
                await ResumeAsync(connection, path, accepted, first[accepted ?? "-"]);
            }
        }

        if (control == "max-age=600" && folder == "/text/")
            Assert.Equal(orders.Length * Clients.Length, await nginx.CountRequestsAsync(file));
    }

    [Theory]
    [InlineData("/text/", "max-age=0")]
    [InlineData("/text/", "max-age=600")]
    [InlineData("/unvaried/", "max-age=0")]
    [InlineData("/unvaried/", "max-age=600")]
    public async Task Each_of_those_who_ask_at_once_gets_its_own_variant(string folder, string control)
    {
        var nginx = await shared.NginxAsync();
        var proxy = await shared.BeforeNginxAsync(Transport.Plaintext);
        var file = folder + nginx.AddText(Text);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async number =>
        {
            await using var connection = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
            for (var round = 0; round < 8; round++)
                await GetOwnAsync(connection, $"{file}?control={control}", Clients[(number + round) % Clients.Length], folder == "/text/");
        }));
    }

    [Theory]
    [InlineData("/text/", "max-age=0")]
    [InlineData("/text/", "max-age=600")]
    public async Task Ranges_that_are_passed_on_are_joined_for_their_own_variant_only(string folder, string control)
    {
        var nginx = await shared.NginxAsync();
        using var options = new TemporaryFolder();
        await File.WriteAllTextAsync(options["options.json"], """{ "rules": [ { "path": "/", "pass-ranges": true } ] }""");
        await using var proxy = await shared.StartAsync(nginx.Address, Transport.Plaintext, "--config", options["options.json"]);
        await using var connection = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        var file = folder + nginx.AddText(Text);
        foreach (var (number, order) in Orders(Clients).Index())
        {
            var path = $"{file}?control={control}&order={number}";
            foreach (var range in (string[])["0-9999", "10000-19999", "5000-14999"])
            {
                foreach (var accepted in order)
                    await ReadPartAsync(connection, path, accepted, range);
            }

            foreach (var accepted in order)
                await GetOwnAsync(connection, path, accepted, isVaried: true);
        }
    }

    /// <summary>Gets the whole, which must be what nginx has for such a client.</summary>
    private static async Task<ClientReply> GetOwnAsync(ClientConnection connection, string path, string? accepted, bool isVaried)
    {
        var reply = await connection.GetAsync(path, fields: Accept(accepted));
        Assert.Equal(200, reply.Status);
        AssertReadable(reply, accepted, reply.Body);
        // Where nginx doesn't say what it varies by, identity is for all.
        if (isVaried)
            Assert.Equal(accepted == "gzip" ? "gzip" : null, reply.Head["Content-Encoding"]);
        Assert.Equal(reply.Head["Content-Encoding"] is not null, reply.Head["ETag"]!.StartsWith("W/", StringComparison.Ordinal));
        return reply;
    }

    /// <summary>Goes on with a download that has come half, as a browser does (RFC 9110, section 13.1.5).</summary>
    private static async Task ResumeAsync(ClientConnection connection, string path, string? accepted, ClientReply begun)
    {
        var half = begun.Body.Length / 2;
        var fields = $"{Accept(accepted)}Range: bytes={half}-\r\nIf-Range: {begun.Head["ETag"]}\r\n";
        var rest = await connection.GetAsync(path, fields: fields);
        Assert.True(rest.Status is 200 or 206);
        // A weak tag names no bytes, so that the whole comes again.
        if (begun.Head["Content-Encoding"] is not null)
            Assert.Equal(200, rest.Status);
        AssertReadable(rest, accepted, rest.Status == 206 ? [.. begun.Body[..half], .. rest.Body] : rest.Body);
    }

    private static async Task ReadPartAsync(ClientConnection connection, string path, string? accepted, string range)
    {
        var part = await connection.GetAsync(path, fields: $"{Accept(accepted)}Range: bytes={range}\r\n");
        if (part.Status == 200)
        {
            AssertReadable(part, accepted, part.Body);
            return;
        }

        if (part.Head["Content-Encoding"] is null)
        {
            var ends = range.Split('-').Select(int.Parse).ToArray();
            Assert.Equal((206, Encoding.ASCII.GetString(Text[ends[0]..(ends[1] + 1)])), (part.Status, part.Text));
        }
        else
        {
            // Of the compressed content, which is shorter than some of the ranges.
            Assert.Equal("gzip", accepted);
            Assert.True(part.Status is 206 or 416);
        }
    }

    private static void AssertReadable(ClientReply reply, string? accepted, byte[] content)
    {
        if (reply.Head["Content-Encoding"] is { } coding)
        {
            Assert.Equal((accepted, "gzip"), ("gzip", coding));
            using var decoded = new MemoryStream();
            using (var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress))
                gzip.CopyTo(decoded);
            content = decoded.ToArray();
        }

        Assert.True(Text.AsSpan().SequenceEqual(content), $"a client that accepts {accepted} got {content.Length} other bytes");
    }

    private static string Accept(string? accepted) => accepted is null ? string.Empty : $"Accept-Encoding: {accepted}\r\n";

    private static IEnumerable<string?[]> Orders(string?[] clients) => clients.Length == 1
        ? [clients]
        : clients.SelectMany((first, i) => Orders([.. clients[..i], .. clients[(i + 1)..]]).Select(rest => (string?[])[first, .. rest]));
}
