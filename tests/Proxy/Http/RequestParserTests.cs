using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class RequestParserTests
{
    private static readonly HttpLimits Limits = new();

    [Theory]
    [MemberData(nameof(RequestCases.Accepted), MemberType = typeof(RequestCases))]
    public void Valid_heads_are_taken_whole_and_wait_at_every_cut(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.Equal(ParseStatus.NeedMore, Parse(bytes.AsSpan(0, length), out _, out _));
        Assert.Equal(ParseStatus.Complete, Parse([.. bytes, .. "GET /next"u8], out var consumed, out _));
        Assert.Equal(bytes.Length, consumed);
    }

    [Theory]
    [MemberData(nameof(RequestCases.Refused), MemberType = typeof(RequestCases))]
    public void Invalid_heads_are_refused_for_their_reason_and_never_taken_at_any_cut(string text, string reason)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
            Assert.NotEqual(ParseStatus.Complete, Parse(bytes.AsSpan(0, length), out _, out _));
        Assert.Equal(ParseStatus.Refused, Parse(bytes, out var consumed, out var refusal));
        Assert.Equal(reason, refusal.ToString());
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

    [Fact]
    public void The_path_of_an_absolute_target_without_one_is_the_root()
    {
        var head = new RequestHead();
        RequestParser.Parse("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"u8, Limits, head, out _, out _);
        Assert.Equal("/"u8, head.Target);
    }

    [Theory]
    [InlineData("HTTP/1.1\r\nHost: a", true)]
    [InlineData("HTTP/1.0\r\nHost: a", false)]
    [InlineData("HTTP/1.0\r\nConnection: Keep-Alive", true)]
    [InlineData("HTTP/1.1\r\nHost: a\r\nConnection: x, Close", false)]
    public void Persistence_follows_version_and_connection(string rest, bool keepAlive)
    {
        var head = new RequestHead();
        RequestParser.Parse(Encoding.ASCII.GetBytes($"GET / {rest}\r\n\r\n"), Limits, head, out _, out _);
        Assert.Equal(keepAlive, head.KeepAlive);
    }

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
        var text = "GET /object/x HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n"u8;
        RequestParser.Parse(text, Limits, head, out _, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            RequestParser.Parse(text, Limits, head, out _, out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Mutated_heads_are_judged_alike_whole_and_byte_by_byte()
    {
        var random = new Random(9112);
        var seeds = RequestCases.Accepted.Select(row => row.Data).Concat(RequestCases.Refused.Select(row => row.Data.Item1)).ToArray();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Encoding.Latin1.GetBytes(seeds[random.Next(seeds.Length)]);
            for (var change = random.Next(4); change > 0; change--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var whole = Parse(bytes, out var consumed, out _);
            var first = ParseStatus.NeedMore;
            for (var length = 0; length <= bytes.Length && first == ParseStatus.NeedMore; length++)
                first = Parse(bytes.AsSpan(0, length), out _, out _);
            Assert.True(whole == first, $"Round {round}: whole {whole} ({consumed}), byte by byte {first}.");
        }
    }

    private static ParseStatus Parse(ReadOnlySpan<byte> bytes, out int consumed, out Refusal refusal) =>
        RequestParser.Parse(bytes, Limits, new RequestHead(), out consumed, out refusal);

    private static Refusal RefusalOf(string text)
    {
        Assert.Equal(ParseStatus.Refused, Parse(Encoding.ASCII.GetBytes(text), out _, out var refusal));
        return refusal;
    }
}
