using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

/// <summary>What is this library's own.</summary>
public sealed class HttpClientOriginTests
{
    private const string Short = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task A_request_leaves_as_it_is_with_the_lines_of_a_field_joined_and_no_field_of_the_library()
    {
        var sent = new TaskCompletionSource<string?>();
        await using var origin = new WireOrigin(OriginKind.HttpClient, async (_, stream, end) =>
        {
            sent.SetResult(await WireOrigin.ReadHeadAsync(stream, end));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Short), end);
        });
        var sink = origin.Send(Request(
            "/a/../%2e//b;x?y=%zz&[a]^`{|}\\", "GET", "Host: Example.ORG", "x-a: 1", "X-B:  \u00ff", "x-a: 2", "Cookie: c=d"));

        Assert.Equal(OriginFailure.None, await sink.End);
        Assert.Equal(
            "GET /a/../%2e//b;x?y=%zz&[a]^`{|}\\ HTTP/1.1\r\nHost: Example.ORG\r\nx-a: 1, 2\r\nX-B: \u00ff\r\nCookie: c=d\r\n\r\n",
            await sent.Task);
    }

    [Theory]
    [InlineData("OPTIONS", "*")]
    [InlineData("GET", "/\u00e9")]
    [InlineData("GET", "/a b")]
    [InlineData("get", "/")]
    [InlineData("Post", "/")]
    public async Task What_the_library_would_change_is_not_sent(string method, string target)
    {
        await using var origin = WireOrigin.Answering(OriginKind.HttpClient, Short);
        Assert.Equal(OriginFailure.Unsupported, await origin.Send(Request(target, method)).End);
        Assert.Equal(0, origin.Connections);
    }

    private static OriginRequest Request(string target, string method = "GET", params string[] fields)
    {
        var table = new FieldTable();
        foreach (var field in fields.Length == 0 ? ["Host: origin"] : fields)
        {
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            table.Add(Encoding.Latin1.GetBytes(field[..colon]), Encoding.Latin1.GetBytes(field[(colon + 1)..].Trim(' ')));
        }

        return new OriginRequest
        {
            Method = method switch
            {
                "GET" => KnownMethod.Get,
                "POST" => KnownMethod.Post,
                "OPTIONS" => KnownMethod.Options,
                _ => KnownMethod.Other,
            },
            MethodText = Encoding.ASCII.GetBytes(method),
            Target = Encoding.Latin1.GetBytes(target),
            Fields = table,
        };
    }
}
