using System.Text;
using TlsProxy.Proxy.Connections.Http1;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Upstream;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

public sealed class RequestBodyReaderTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly RequestBodyReader _reader = new(new ClientCertificateFields("X-Subject"));
    private readonly ManualMailbox _mailbox = new();
    private readonly CountingWriter _writer = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void Without_a_body_nothing_is_taken()
    {
        Assert.False(_reader.IsReading);
        Assert.True(_reader.TryRead("abc"u8, out var consumed));
        Assert.Equal(0, consumed);
        _reader.Abort();
    }

    [Fact]
    public async Task A_body_of_known_length_ends_where_it_was_announced_to()
    {
        var body = Start("Content-Length: 5");
        Assert.True(_reader.TryRead("helloGET"u8, out var consumed));
        Assert.Equal(5, consumed);
        Assert.False(_reader.IsReading);
        Assert.Equal("hello", await ReadToEndAsync(body));
    }

    [Fact]
    public async Task A_chunked_body_ends_behind_its_trailers()
    {
        var body = Start("Transfer-Encoding: chunked");
        var message = "3;a=\"b\"\r\nhel\r\n2\r\nlo\r\n0\r\nX: y\r\n\r\n"u8;
        Assert.True(_reader.TryRead([.. message, .. "GET"u8], out var consumed));
        Assert.Equal(message.Length, consumed);
        Assert.False(_reader.IsReading);
        Assert.Equal("hello", await ReadToEndAsync(body));
    }

    [Theory]
    [InlineData("X-Sum: 1\r\nX-Empty:\r\n", "X-Sum: 1|X-Empty: ")]
    [InlineData("X-Sum: 1\r\nContent-Length: 5\r\nHost: b\r\nAuthorization: c\r\nX-Forwarded-For: d\r\n", "X-Sum: 1")]
    [InlineData("X-Sum: 1\r\nX_Sum: 2\r\nForwarded: for=a\r\nTrue-Client-IP: b\r\n", "X-Sum: 1")]
    [InlineData("X-Sum: 1\r\nx-subject: root\r\nClient-Cert: a\r\nClient-Cert-Chain: b\r\n", "X-Sum: 1")]
    [InlineData("X-Sum: 1\r\nX-Hop: 2\r\n", "X-Sum: 1")]
    [InlineData("Host: b\r\n", "")]
    [InlineData("X_Sum: 2\r\n", "")]
    [InlineData("", "")]
    public async Task RFC_9110_section_6_5_the_trailers_that_may_be_passed_on_reach_the_body_however_they_are_cut(
        string section, string expected)
    {
        var message = Encoding.ASCII.GetBytes("2\r\nok\r\n0\r\n" + section + "\r\n");
        for (var cut = 0; cut < message.Length; cut++)
        {
            var body = Start("Transfer-Encoding: chunked|Connection: x-hop");
            Assert.True(_reader.TryRead(message.AsSpan(0, cut), out var used));
            Assert.Equal(cut, used);
            Assert.Null(body.Trailers);
            Assert.True(_reader.TryRead(message.AsSpan(cut), out _));
            Assert.False(_reader.IsReading);
            Assert.Equal("ok", await ReadToEndAsync(body));
            Assert.Equal(expected, Messages.Describe(body.Trailers));
        }
    }

    [Fact]
    public void A_body_of_known_length_has_no_trailers_and_neither_has_the_next_one()
    {
        var chunked = Start("Transfer-Encoding: chunked");
        Assert.True(_reader.TryRead("0\r\nX: y\r\n\r\n"u8, out _));
        Assert.NotNull(chunked.Trailers);
        var measured = Start("Content-Length: 2");
        Assert.True(_reader.TryRead("ok"u8, out _));
        Assert.Null(measured.Trailers);
        var next = Start("Transfer-Encoding: chunked");
        Assert.True(_reader.TryRead("0\r\n\r\n"u8, out _));
        Assert.Null(next.Trailers);
    }

    [Fact]
    public void Too_many_trailers_break_the_body_off()
    {
        var body = Start("Transfer-Encoding: chunked");
        var section = string.Concat(Enumerable.Repeat("X: y\r\n", TrailerReader.FieldsMaximum));
        Assert.True(_reader.TryRead(Encoding.ASCII.GetBytes("0\r\n" + section), out _));
        Assert.False(_reader.TryRead("X: y\r\n\r\n"u8, out _));
        Assert.True(body.IsAborted);
        Assert.Null(body.Trailers);
        Assert.False(_reader.IsReading);
    }

    [Theory]
    [InlineData("Content-Length: 3000")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task A_body_arrives_whole_however_it_is_cut_and_however_little_room_there_is(string framing)
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var content = new byte[3000];
            random.NextBytes(content);
            var message = framing.StartsWith('C') ? content : ChunkedMessage.Of(content, random, 900);
            byte[] input = [.. message, .. "GET / HTTP/1.1\r\n"u8];
            var body = Start(framing, capacity: random.Next(2, 700));
            var received = new List<byte>();
            var buffer = new byte[1000];
            var (offered, used) = (0, 0);
            while (_reader.IsReading)
            {
                if (random.Next(2) == 0)
                {
                    offered = Math.Min(input.Length, Math.Max(offered, used) + random.Next(1, 400));
                    Assert.True(_reader.TryRead(input.AsSpan(used, offered - used), out var consumed));
                    used += consumed;
                }
                else if (random.Next(2) == 0)
                {
                    var count = await ReadWhatThereIsAsync(body, buffer.AsMemory(0, random.Next(1, 1000)));
                    received.AddRange(buffer.AsSpan(0, count));
                }
            }

            Assert.Equal(message.Length, used);
            received.AddRange(Encoding.Latin1.GetBytes(await ReadToEndAsync(body)));
            Assert.Equal(content, received);
        }
    }

    [Theory]
    [InlineData("g\r\n")]
    [InlineData("\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("0x1\r\na\r\n")]
    [InlineData("1 \r\na\r\n")]
    [InlineData("1\na\r\n")]
    [InlineData("1\r\nab\r\n")]
    [InlineData("FFFFFFFFFFFFFFFF\r\n")]
    [InlineData("1000000000000000\r\n")]
    [InlineData("0000000000000000001\r\na")]
    [InlineData("0\r\nX y\r\n")]
    public async Task A_malformed_chunk_breaks_the_body_off(string chunk)
    {
        var body = Start("Transfer-Encoding: chunked");
        Assert.True(_reader.TryRead("2\r\nok\r\n"u8, out _));
        Assert.False(_reader.TryRead(Encoding.ASCII.GetBytes(chunk), out _));
        Assert.False(_reader.IsReading);
        Assert.True(body.IsAborted);
        Assert.Equal(-1, await body.ReadAsync(new byte[10], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void The_largest_sizes_that_may_be_announced_take_no_memory_and_no_more_than_there_is_room_for()
    {
        var body = Start("Transfer-Encoding: chunked", capacity: 4);
        Assert.True(_reader.TryRead("FFFFFFFFFFFFFFF\r\nabcdef"u8, out var consumed));
        Assert.Equal(17 + 4, consumed);
        Assert.False(body.IsAborted);
        _reader.Abort();

        Start("Content-Length: 999999999999999", capacity: 4);
        Assert.True(_reader.TryRead("abcdef"u8, out consumed));
        Assert.Equal(4, consumed);
        Assert.True(_reader.IsReading);
    }

    [Fact]
    public void Extensions_without_end_break_the_body_off()
    {
        var body = Start("Transfer-Encoding: chunked");
        Assert.False(_reader.TryRead(Encoding.ASCII.GetBytes("1;" + new string('a', 20_000)), out _));
        Assert.True(body.IsAborted);
    }

    [Fact]
    public void A_body_that_the_origin_does_not_want_is_read_past()
    {
        var body = Start("Content-Length: 1000000", capacity: 4);
        body.Discard();
        for (var left = 1_000_000; left > 0; left -= 100_000)
        {
            Assert.True(_reader.TryRead(new byte[100_000], out var consumed));
            Assert.Equal(100_000, consumed);
        }

        Assert.False(_reader.IsReading);
    }

    [Fact]
    public async Task A_client_that_breaks_off_leaves_no_whole_body()
    {
        var body = Start("Content-Length: 5");
        Assert.True(_reader.TryRead("hell"u8, out _));
        _reader.Abort();
        Assert.False(_reader.IsReading);
        Assert.Equal(-1, await body.ReadAsync(new byte[10], TestContext.Current.CancellationToken));
        // The next request of the connection begins afresh.
        var next = Start("Content-Length: 2");
        Assert.True(_reader.TryRead("ok"u8, out _));
        Assert.Equal("ok", await ReadToEndAsync(next));
    }

    private RequestBody Start(string field, int capacity = RequestBody.DefaultCapacity)
    {
        var head = Messages.Request("/", "POST", field.Split('|'));
        Assert.True(head.HasBody);
        var body = new RequestBody(head.Framing == BodyFraming.Length ? head.ContentLength : null, _mailbox, _writer, _pool, capacity);
        _reader.Start(head, body);
        return body;
    }

    /// <summary>Reads without waiting: the token is cancelled already.</summary>
    private static async Task<int> ReadWhatThereIsAsync(RequestBody body, Memory<byte> buffer)
    {
        try
        {
            return await body.ReadAsync(buffer, new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }

    private static async Task<string> ReadToEndAsync(RequestBody body)
    {
        var text = new StringBuilder();
        var buffer = new byte[100];
        while (await body.ReadAsync(buffer, TestContext.Current.CancellationToken) is var count and > 0)
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }
}
