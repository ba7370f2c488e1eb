using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching.Forwarding;

/// <summary>The origin receives one line of a field, as the client sent it, also where it has a grammar of its own.</summary>
public sealed class FieldLineTests
{
    // RFC 3986, section 3.2.2: unreserved and sub-delims of reg-name. The parser refuses a comma and percent-encoding.
    private const string NameCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=";

    private static readonly string[] Forms =
    [
        "origin", "Example.ORG:8080", "a..b", ".a", "a.", "..", "-", "a-", "a_b", "_a.b", "1", "1.2", "1.2.3.4",
        "01.2.3.4:80", "1.2.3.4.5",
        "999.1.1.1", "0x7f.1", "a:", "a:0", "a:00080", "a:65535", "[::1]", "[::1]:8080", "[::1.2.3.4]", "[::]:", "[1:::]", "[fffff::1]",
        "xn--a.xn--b", "a;b=c", "(a)", "user&a",
    ];

    public static TheoryData<string> Hosts =>
    [
        .. Forms, .. NameCharacters.SelectMany(Around),
        new string('a', 64), string.Join('.', Enumerable.Repeat(new string('a', 63), 4)), NameCharacters,
    ];

    // Fields with a grammar of their own, but for those of one connection and those of a body.
    private static readonly string[] TypedFields =
    [
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Authorization", "Cache-Control", "Cookie", "Date", "From",
        "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Max-Forwards", "Pragma", "Range",
        "Referer", "User-Agent", "Via", "Warning", "X-Other",
    ];

    // Those that describe a body.
    private static readonly string[] ContentFields =
    [
        "Allow", "Content-Disposition", "Content-Encoding", "Content-Language", "Content-Location", "Content-MD5", "Content-Range",
        "content-type", "Expires", "Last-Modified",
    ];

    private static readonly string[] OddValues =
        ["", ",", ";", "a!$&'()*+;=~", "\"", "\"a", "a..b, .a", "=", "a b", "\u00e9", "bytes=5-1,-", "1, 1"];

    private static string[] Around(char character) => [$"{character}", $"a{character}", $"{character}a", $"a{character}b.example:81"];

    [Fact]
    public async Task Each_host_that_the_parser_takes_is_one_line_as_it_came()
    {
        var heads = new List<string>();
        await using var origin = Recording(heads);
        foreach (var host in Hosts.Select(row => row.Data))
        {
            Assert.True(HostField.IsValid(Encoding.ASCII.GetBytes(host)), host);
            var request = OriginRequests.Create("/", fields: [("Host", host), ("X", "y")]);
            Assert.Equal(OriginFailure.None, await origin.Send(request).End);
            Assert.Equal($"GET / HTTP/1.1\r\nHost: {host}\r\nX: y\r\n\r\n", heads[^1]);
        }
    }

    [Fact]
    public async Task Each_value_of_a_field_is_one_line_as_it_came()
    {
        var heads = new List<string>();
        await using var origin = Recording(heads);
        foreach (var name in TypedFields)
        {
            foreach (var value in OddValues)
            {
                var request = OriginRequests.Create("/", fields: [("Host", "a"), (name, value)]);
                Assert.Equal(OriginFailure.None, await origin.Send(request).End);
                Assert.Equal($"GET / HTTP/1.1\r\nHost: a\r\n{name}: {value}\r\n\r\n", heads[^1]);
            }
        }
    }

    [Theory]
    [InlineData("Get", "")]
    [InlineData("Head", "")]
    [InlineData("Delete", "")]
    [InlineData("Options", "")]
    [InlineData("Put", "Content-Length: 0\r\n")]
    public async Task Each_field_of_content_is_one_line_as_it_came_though_there_is_no_content(string name, string framing)
    {
        var method = Enum.Parse<KnownMethod>(name);
        var heads = new List<string>();
        await using var origin = Recording(heads);
        var start = $"{name.ToUpperInvariant()} / HTTP/1.1\r\nHost: a\r\n";
        foreach (var field in ContentFields)
        {
            foreach (var value in OddValues)
            {
                var request = OriginRequests.Create("/", method, null, ("Host", "a"), (field, value), ("X", "y"));
                Assert.Equal(OriginFailure.None, await origin.Send(request).End);
                Assert.Equal($"{start}{field}: {value}\r\nX: y\r\n{framing}\r\n", heads[^1]);
            }
        }

        var names = ContentFields.Concat(ContentFields).Append("Content-Length");
        var all = names.Select(field => (field, Value: new string('1', 1500))).ToArray();
        Assert.Equal(OriginFailure.None, await origin.Send(OriginRequests.Create("/", method, null, [("Host", "a"), .. all])).End);
        Assert.Equal($"{start}{string.Concat(all[..^1].Select(field => $"{field.field}: {field.Value}\r\n"))}{framing}\r\n", heads[^1]);
        Assert.Equal(1, origin.Connections);
    }

    private static WireOrigin Recording(List<string> heads) => new(async (_, stream, end) =>
    {
        while (await WireOrigin.ReadHeadAsync(stream, end) is { } head)
        {
            heads.Add(head);
            await stream.WriteAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), end);
        }
    });
}
