using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing;
using TlsProxy.Testing.Cases;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class RequestParserTests
{
    private static readonly HttpLimits Limits = new();

    [Theory]
    [MemberData(nameof(RequestCases.Accepted), MemberType = typeof(RequestCases))]
    public void Valid_heads_are_taken_whole_and_wait_at_every_cut(string section, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.True(
                Parse(bytes.AsSpan(0, length), out _, out var early) == ParseStatus.NeedMore, $"{section}: {early} after {length} bytes");
        Assert.True(
            Parse([.. bytes, .. "GET /next"u8], out var consumed, out var refusal) == ParseStatus.Complete, $"{section}: {refusal}");
        Assert.Equal(bytes.Length, consumed);
    }

    [Theory]
    [MemberData(nameof(RequestCases.Refused), MemberType = typeof(RequestCases))]
    public void Invalid_heads_are_refused_for_their_reason_and_never_taken_at_any_cut(
        string section, string text, int status, string reason)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.True(Parse(bytes.AsSpan(0, length), out _, out _) != ParseStatus.Complete, $"{section}: taken after {length} bytes");
        Assert.True(Parse(bytes, out var consumed, out var refusal) == ParseStatus.Refused, $"{section}: taken");
        Assert.Equal(reason, refusal.ToString());
        Assert.Equal(status, Refusals.Of(refusal).Status);
        Assert.Equal(0, consumed);
    }

    [Fact]
    public void Every_refusal_has_an_error_status_and_a_sentence()
    {
        foreach (var refusal in Enum.GetValues<Refusal>().Where(value => value != Refusal.None))
        {
            var (status, text) = Refusals.Of(refusal);
            Assert.InRange(status, 400, 599);
            Assert.EndsWith(".", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_head_is_read_into_its_parts()
    {
        var head = new RequestHead();
        var text = "POST /object/x?y HTTP/1.1\r\nHost: a.example\r\nContent-Length: 42\r\nConnection: close\r\nX-One:  1 \r\n\r\n"u8;

        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(text, Limits, head, out _, out _));

        Assert.Equal(KnownMethod.Post, head.Method);
        Assert.Equal("/object/x?y"u8, head.Target);
        Assert.Equal("a.example"u8, head.Host);
        Assert.Equal(42, head.ContentLength);
        Assert.Equal(BodyFraming.Length, head.Framing);
        Assert.False(head.KeepAlive);
        Assert.Equal("1"u8, head.Fields.Value(head.Fields.Find("x-one"u8)));
    }

    [Theory]
    [InlineData("GET http://a", "/")]
    [InlineData("GET http://a/", "/")]
    [InlineData("GET http://a?b=c", "/?b=c")]
    [InlineData("GET http://a/b?c", "/b?c")]
    [InlineData("OPTIONS http://a", "*")]
    [InlineData("OPTIONS http://a/", "/")]
    [InlineData("OPTIONS http://a?b", "/?b")]
    [InlineData("GET /%2e/b%2Fc/../d", "/%2e/b%2Fc/../d")]
    public void A_target_is_what_the_origin_is_asked_for_byte_for_byte(string start, string target)
    {
        var head = Read(start + " HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
        Assert.Equal(Encoding.ASCII.GetBytes(target), head.Target);
        Assert.Equal("a"u8, head.Host);
        Assert.Equal("y"u8, head.Fields.Value(head.Fields.Find("X"u8)));
        Assert.Equal(Encoding.ASCII.GetBytes(target), head.Detach().Target);
    }

    [Theory]
    [InlineData("http://a:80/", "a", "a:80")]
    [InlineData("http://a/", "A:80", "a")]
    [InlineData("http://a:80/", "a:80", "a:80")]
    [InlineData("http://a:/", "a", "a:")]
    [InlineData("http://[::1]:80/", "[::1]", "[::1]:80")]
    [InlineData("https://a:443/", "a", "a:443")]
    [InlineData("https://a/", "a:443", "a")]
    public void RFC_9110_section_4_2_3_the_default_port_of_a_target_may_be_written_or_not_and_the_target_names_the_host(
        string target, string field, string host) =>
        Assert.Equal(Encoding.ASCII.GetBytes(host), Read($"GET {target} HTTP/1.1\r\nHost: {field}\r\n\r\n").Host);

    [Theory]
    [InlineData("OPTIONS", "", -1)]
    [InlineData("OPTIONS", "Max-Forwards: 0\r\n", 0)]
    [InlineData("TRACE", "Max-Forwards: 070\r\n", 70)]
    [InlineData("GET", "Max-Forwards: 5\r\n", -1)]
    public void Max_Forwards_counts_for_OPTIONS_and_TRACE(string method, string field, long expected) =>
        Assert.Equal(expected, Read($"{method} / HTTP/1.1\r\nHost: a\r\n{field}\r\n").MaxForwards);

    [Theory]
    [InlineData("HTTP/1.1", "TE: trailers", true)]
    [InlineData("HTTP/1.1", "TE: gzip;q=0.5\r\nTE: deflate, Trailers", true)]
    [InlineData("HTTP/1.1", "TE: gzip", false)]
    [InlineData("HTTP/1.1", "X: trailers", false)]
    [InlineData("HTTP/1.0", "TE: trailers", false)]
    public void A_client_says_whether_it_takes_trailers(string version, string field, bool accepts) =>
        Assert.Equal(accepts, Read($"GET / {version}\r\nHost: a\r\n{field}\r\n\r\n").AcceptsTrailers);

    [Theory]
    [InlineData("HTTP/1.1", "Content-Length: 1\r\n", true)]
    [InlineData("HTTP/1.1", "Transfer-Encoding: chunked\r\n", true)]
    [InlineData("HTTP/1.1", "Content-Length: 0\r\n", false)]
    [InlineData("HTTP/1.1", "", false)]
    [InlineData("HTTP/1.0", "Content-Length: 1\r\n", false)]
    public void A_client_of_HTTP_1_1_with_a_body_waits_for_the_interim_answer(string version, string framing, bool expects) =>
        Assert.Equal(expects, Read($"POST / {version}\r\nHost: a\r\n{framing}Expect: 100-continue\r\n\r\n").ExpectsContinue);

    [Theory]
    [InlineData("HEAD /.. HTTP/1.1\r\nHost: a\r\n\r\n", nameof(KnownMethod.Head))]
    [InlineData("\r\nHEAD / HTTP/1.1\nHost: a\r\n\r\n", nameof(KnownMethod.Head))]
    [InlineData("HEADS / HTTP/1.1\nHost: a\r\n\r\n", nameof(KnownMethod.Other))]
    [InlineData("GET / HTTP/1.1\r\n\r\n", nameof(KnownMethod.Other))]
    public void A_refused_HEAD_is_still_known_for_one_since_its_answer_has_no_content(string text, string method)
    {
        var head = Read("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(ParseStatus.Refused, RequestParser.Parse(Encoding.ASCII.GetBytes(text), Limits, head, out _, out _));
        Assert.Equal(method, head.Method.ToString());
    }

    [Theory]
    [InlineData("HTTP/1.1\r\nHost: a", true)]
    [InlineData("HTTP/1.0\r\nHost: a", false)]
    [InlineData("HTTP/1.0\r\nConnection: Keep-Alive", true)]
    [InlineData("HTTP/1.1\r\nHost: a\r\nConnection: x, Close", false)]
    [InlineData("HTTP/1.0\r\nConnection: keep-alive, close", false)]
    [InlineData("HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close", false)]
    [InlineData("HTTP/1.1\r\nHost: a\r\nProxy-Connection: close", true)]
    public void Persistence_follows_version_and_connection(string rest, bool keepAlive) =>
        Assert.Equal(keepAlive, Read($"GET / {rest}\r\n\r\n").KeepAlive);

    [Fact]
    public void A_detached_head_keeps_its_bytes_when_the_reader_goes_on()
    {
        var head = new RequestHead();
        RequestParser.Parse("GET /first HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n"u8, Limits, head, out _, out _);
        var detached = head.Detach();

        RequestParser.Parse("GET /other HTTP/1.1\r\nHost: b\r\nY: 2\r\n\r\n"u8, Limits, head, out _, out _);

        Assert.Equal("/first"u8, detached.Target);
        Assert.Equal("1"u8, detached.Fields.Value(detached.Fields.Find("x"u8)));
        Assert.Equal("a"u8, detached.Host);
    }

    [Fact]
    public void Too_long_lines_heads_and_too_many_fields_are_refused_while_they_arrive()
    {
        Assert.Equal(Refusal.LineTooLong, RefusalOf("GET /" + new string('a', Limits.LineBytes)));
        Assert.Equal(Refusal.HeadTooLarge, RefusalOf("GET / HTTP/1.1\r\nX: " + new string('a', Limits.HeadBytes)));
        Assert.Equal(Refusal.TooManyFields, RefusalOf("GET / HTTP/1.1\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 130))));
    }

    [Fact]
    public void A_warm_head_is_parsed_without_allocating()
    {
        var head = new RequestHead();
        var text = "GET /object/x HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n"u8.ToArray();
        RequestParser.Parse(text, Limits, head, out _, out _);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                RequestParser.Parse(text, Limits, head, out _, out _);
        }));
    }

    private static RequestHead Read(string text)
    {
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(Encoding.Latin1.GetBytes(text), Limits, head, out _, out _));
        return head;
    }

    private static ParseStatus Parse(ReadOnlySpan<byte> bytes, out int consumed, out Refusal refusal) =>
        RequestParser.Parse(bytes, Limits, new RequestHead(), out consumed, out refusal);

    private static Refusal RefusalOf(string text)
    {
        Assert.Equal(ParseStatus.Refused, Parse(Encoding.ASCII.GetBytes(text), out _, out var refusal));
        return refusal;
    }
}
