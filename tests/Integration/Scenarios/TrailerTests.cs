using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Trailers of an answer go to the client that asks for them, and nowhere else (RFC 9110, section 6.5).</summary>
public sealed class TrailerTests(SharedProxies shared)
{
    private const string Sent =
        "X-Checksum: 123\r\nContent-Length: 5\r\nCache-Control: no-store\r\nTransfer-Encoding: chunked\r\n"
        + "Content-Encoding: gzip\r\nX-Last: \r\n";

    [Theory]
    [InlineData("TE: trailers\r\nConnection: TE\r\n", "X-Checksum: 123|X-Last: ")]
    [InlineData("TE: gzip\r\nConnection: TE\r\n", "")]
    [InlineData("", "")]
    public async Task Trailers_that_only_inform_go_to_whoever_takes_them(string fields, string expected)
    {
        foreach (var transport in new[] { Transport.Plaintext, Transport.Tls13User })
        {
            var proxy = await shared.BeforeScriptedAsync(transport);
            var read = new Gate(1);
            var path = shared.Scripted.Add(async exchange =>
            {
                await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Cache-Control: max-age=60");
                await exchange.SendChunkAsync("hello"u8.ToArray());
                await read.WaitAsync(exchange.End);
                await exchange.SendAsync(Encoding.ASCII.GetBytes("0\r\n" + Sent + "\r\n"));
            });
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            await client.RequestAsync(path, fields: fields);
            await client.ReadHeadAsync();
            Assert.Equal("5", await client.Reader.ReadLineAsync(client.Limit));
            Assert.Equal("hello", await client.Reader.ReadLineAsync(client.Limit));
            read.Arrive();
            Assert.Equal("0", await client.Reader.ReadLineAsync(client.Limit));
            Assert.Equal(expected, await ReadTrailersAsync(client));

            // From the cache it has a length, and its fields are those of the head.
            var hit = await client.GetAsync(path, fields: fields);
            Assert.Equal("5", hit.Head["Content-Length"]);
            Assert.Equal("max-age=60", hit.Head["Cache-Control"]);
            Assert.Null(hit.Head["X-Checksum"]);
            Assert.Equal("hello", hit.Text);
            Assert.Equal(1, shared.Scripted.CountRequests(path));
        }
    }

    private static async Task<string> ReadTrailersAsync(ClientConnection client)
    {
        var lines = new List<string>();
        while (await client.Reader.ReadLineAsync(client.Limit) is { Length: > 0 } line)
            lines.Add(line);
        return string.Join('|', lines);
    }
}
