using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing.Cases;

namespace TlsProxy.Proxy.Tests.Http;

public sealed class ResponseParserTests
{
    private static readonly HttpLimits Limits = HttpLimits.OfAnswers;

    [Theory]
    [MemberData(nameof(AnswerCases.Accepted), MemberType = typeof(AnswerCases))]
    public void Valid_heads_are_read_as_meant_and_wait_at_every_cut(string section, string text, string expected)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.True(Parse(bytes.AsSpan(0, length), out var none, out var early) == ParseStatus.NeedMore, $"{section}: after {length}");
            Assert.Null(none);
            Assert.Equal(0, early);
        }

        Assert.True(ReadAnswer.InPieces(bytes, out var pieced, out _) == ParseStatus.Complete, $"{section}: in pieces");
        Assert.Equal(expected, ReadAnswer.Describe(pieced!));
        byte[] input = [.. bytes, .. " body"u8];
        Assert.True(Parse(input, out var head, out var consumed) == ParseStatus.Complete, section);
        Assert.Equal(bytes.Length, consumed);
        // The head has its own bytes.
        input.AsSpan().Fill((byte)'?');
        Assert.Equal(expected, ReadAnswer.Describe(head!));
    }

    [Theory]
    [MemberData(nameof(AnswerCases.Refused), MemberType = typeof(AnswerCases))]
    public void Invalid_heads_are_refused_and_never_taken_at_any_cut(string section, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var first = ParseStatus.NeedMore;
        for (var length = 0; length <= bytes.Length && first == ParseStatus.NeedMore; length++)
            first = Parse(bytes.AsSpan(0, length), out _, out _);
        Assert.True(first == ParseStatus.Refused, $"{section}: {first}");
        Assert.True(ReadAnswer.InPieces(bytes, out _, out _) == ParseStatus.Refused, $"{section}: in pieces");
        Assert.True(Parse(bytes, out var head, out var consumed) == ParseStatus.Refused, section);
        Assert.Null(head);
        Assert.Equal(0, consumed);
    }

    [Theory]
    [InlineData("X")]
    [InlineData("HTTP/2")]
    [InlineData("HTTP/1.1 0")]
    [InlineData("HTTP/1.1 2000")]
    [InlineData("HTTP/1.1 200 a\rb")]
    [InlineData("HTTP/1.1 200 OK\r\n folded\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX: a\r\nno field\r\n")]
    public void What_no_further_byte_can_mend_is_not_waited_upon(string start) =>
        Assert.Equal(ParseStatus.Refused, Parse(Encoding.Latin1.GetBytes(start), out _, out _));

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n")]
    public void The_answer_to_HEAD_has_no_content(string text)
    {
        var head = ReadAnswer.Of(text, KnownMethod.Head);
        Assert.Equal(BodyFraming.None, head.Framing);
        Assert.Equal(0, head.ContentLength);
    }

    [Fact]
    public void A_head_is_as_large_as_its_limit_and_no_larger()
    {
        var start = "HTTP/1.1 200 OK\r\nX: ";
        var text = start + new string('x', Limits.HeadBytes - start.Length - 4) + "\r\n\r\n";
        Assert.Equal(Limits.HeadBytes, text.Length);
        ReadAnswer.Of(text);
        // One that has no end within the limit isn't read on.
        string[] larger =
        [
            text.Replace("X:", "X:y", StringComparison.Ordinal), start + new string('x', Limits.HeadBytes),
            "HTTP/1.1 200 " + new string('x', Limits.HeadBytes),
        ];
        foreach (var head in larger)
            Assert.Equal(ParseStatus.Refused, Parse(Encoding.Latin1.GetBytes(head), out _, out _));
    }

    [Fact]
    public void A_head_has_as_many_fields_as_the_limit_and_no_more()
    {
        // Their shortest form, or the limit of bytes came first.
        var fields = string.Concat(Enumerable.Repeat("X:\n", Limits.FieldCount - 1)) + "Last: 1\n";
        var head = ReadAnswer.Of($"HTTP/1.1 200 OK\r\n{fields}\r\n");
        Assert.Equal(Limits.FieldCount, head.Count);
        Assert.Equal("1"u8, head.Value(head.Find("last"u8)));
        Assert.Equal(ParseStatus.Refused, Parse(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\n{fields}Y: z\r\n"), out _, out _));
    }

    [Theory]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", nameof(HttpVersion.Http10))]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", nameof(HttpVersion.Http11))]
    [InlineData("HTTP/1.2 200 OK\r\n\r\n", nameof(HttpVersion.Http11))]
    public void RFC_9110_section_2_5_a_higher_minor_version_counts_as_1_1(string text, string version) =>
        Assert.Equal(version, ReadAnswer.Of(text).Version.ToString());

    [Fact]
    public void RFC_9110_section_6_6_1_an_answer_without_Date_gets_the_time_of_its_arrival()
    {
        var arrival = new DateTimeOffset(1994, 11, 6, 8, 49, 37, 900, TimeSpan.Zero);
        var head = ReadAnswer.Of("HTTP/1.1 200 OK\r\nX: a\r\nY:\r\n\r\n");
        head.AddMissingDate(arrival);
        Assert.True(head.LacksDate);
        Assert.Equal("200 UntilClose 0|X: a|Y: |Date: Sun, 06 Nov 1994 08:49:37 GMT", ReadAnswer.Describe(head));

        var dated = ReadAnswer.Of("HTTP/1.1 200 OK\r\nDate: Mon, 07 Nov 1994 08:49:37 GMT\r\n\r\n");
        dated.AddMissingDate(arrival);
        Assert.False(dated.LacksDate);
        Assert.Equal("200 UntilClose 0|Date: Mon, 07 Nov 1994 08:49:37 GMT", ReadAnswer.Describe(dated));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nX: 1\r\n", 16)]
    [InlineData("HTTP/1.1 200 OK", 14)]
    public void Bytes_of_a_head_in_pieces_are_judged_once(string beginning, int judged)
    {
        var bytes = Encoding.Latin1.GetBytes(beginning);
        var scan = default(HeadScan);
        Assert.Equal(ParseStatus.NeedMore, ResponseParser.Parse(bytes, Limits, KnownMethod.Get, ref scan, out _, out _));

        bytes.AsSpan(0, judged).Clear();
        Assert.Equal(ParseStatus.NeedMore, ResponseParser.Parse(bytes, Limits, KnownMethod.Get, ref scan, out _, out _));
        Assert.Equal(ParseStatus.Refused, Parse(bytes, out _, out _));
    }

    [Fact]
    public void A_head_is_one_object_with_two_arrays()
    {
        var fields = string.Concat(Enumerable.Range(0, 40).Select(i => $"X-{i}: {new string('v', i)}\r\n"));
        var bytes = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{fields}\r\n");
        ResponseHead? head = null;
        long allocated = 0;
        // The first time the runtime allocates for itself.
        for (var i = 0; i < 2; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Parse(bytes, out head, out _);
            head!.AddMissingDate(DateTimeOffset.UnixEpoch);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // What the head has of its own beside the table, and the ends of its arrays.
        Assert.InRange(allocated, 0, head!.AllocatedBytes + 64);
    }

    private static ParseStatus Parse(ReadOnlySpan<byte> bytes, out ResponseHead? head, out int consumed) =>
        ResponseParser.Parse(bytes, Limits, KnownMethod.Get, out head, out consumed);
}
