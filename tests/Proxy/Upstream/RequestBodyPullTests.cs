using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>How the bytes of a request's body are pulled, and when its reader is told that there are some.</summary>
public sealed class RequestBodyPullTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ManualMailbox _mailbox = new();
    private readonly CountingWriter _writer = new();
    private readonly CountingReader _reader = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public void What_has_not_been_taken_is_pulled_once_more()
    {
        var body = Create();
        body.Write("hello"u8);

        Assert.Equal("hello"u8, Pull(body));
        body.Advance(0);
        Assert.Equal("hello"u8, Pull(body));
        body.Advance(2);
        body.Write("!"u8);

        Assert.Equal("llo!"u8, Pull(body));
        body.Advance(4);
        Assert.Equal(RequestBodyPull.NotYet, body.TryPull(out _));
        body.Complete();
        Assert.Equal(RequestBodyPull.End, body.TryPull(out _));
    }

    [Fact]
    public void Trailers_are_there_with_the_end()
    {
        var trailers = new FieldTable();
        trailers.Add("X"u8, "y"u8);
        var body = Create();
        body.Write("a"u8);
        Pull(body);
        body.Complete(trailers);
        body.Advance(1);
        Assert.Equal(RequestBodyPull.End, body.TryPull(out _));
        Assert.Same(trailers, body.Trailers);
    }

    [Fact]
    public void A_body_that_is_cut_or_not_wanted_has_no_trailers()
    {
        var trailers = new FieldTable();
        var cut = Create(length: 2);
        cut.Complete(trailers);
        Assert.Equal(RequestBodyPull.Broken, cut.TryPull(out _));
        Assert.Null(cut.Trailers);
        var unwanted = Create();
        unwanted.Discard();
        unwanted.Complete(trailers);
        Assert.Null(unwanted.Trailers);
    }

    [Fact]
    public void Bytes_behind_a_segment_come_with_the_next_pull()
    {
        var body = Create();
        body.Write(new byte[RequestBodySegments.SegmentBytes + 10]);

        Assert.Equal(RequestBodySegments.SegmentBytes, Pull(body).Length);
        body.Advance(RequestBodySegments.SegmentBytes);
        Assert.Equal(10, Pull(body).Length);
        body.Advance(10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Bytes_that_are_looked_at_stay_whatever_becomes_of_the_body(bool isDiscarded)
    {
        var body = Create();
        body.Write(new byte[RequestBodySegments.SegmentBytes]);
        body.Write(new byte[1]);
        var bytes = Pull(body);
        bytes.Fill(7);

        if (isDiscarded)
            body.Discard();
        else
            body.Abort();
        Assert.Equal(1, _pool.RentedSegments);
        // The pool gives what came back last first.
        var other = _pool.TryRent(RequestBodySegments.SegmentBytes)!;
        other.Memory.Span.Clear();
        other.Release();
        Assert.False(bytes.ContainsAnyExcept((byte)7));
        body.Advance(bytes.Length);

        Assert.Equal(0, _pool.RentedSegments);
        Assert.Equal(RequestBodyPull.Broken, body.TryPull(out _));
    }

    [Fact]
    public void A_pull_and_its_advance_belong_together()
    {
        var body = Create();
        body.Write("hello"u8);

        Assert.Throws<InvalidOperationException>(() => body.Advance(0));
        Pull(body);
        Assert.Throws<InvalidOperationException>(() => body.TryPull(out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => body.Advance(6));
        body.Abort();
    }

    [Fact]
    public void A_reader_is_told_once_of_the_first_bytes()
    {
        var body = Create();
        body.Subscribe(_reader);
        Assert.Equal(0, _reader.Told);

        body.Write("a"u8);
        body.Write("b"u8);
        body.Complete();

        Assert.Equal(1, _reader.Told);
    }

    [Theory]
    [InlineData("bytes")]
    [InlineData("end")]
    [InlineData("abort")]
    [InlineData("short")]
    [InlineData("discard")]
    public void A_reader_is_told_at_once_where_a_pull_finds_something(string found)
    {
        var body = Create(length: found == "short" ? 2 : null);
        switch (found)
        {
            case "bytes":
                body.Write("a"u8);
                break;
            case "end" or "short":
                body.Complete();
                break;
            case "abort":
                body.Abort();
                break;
            default:
                body.Discard();
                break;
        }

        body.Subscribe(_reader);

        Assert.Equal(1, _reader.Told);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reader_that_waits_is_told_of_the_end(bool isWhole)
    {
        var body = Create();
        body.Subscribe(_reader);

        if (isWhole)
            body.Complete();
        else
            body.Abort();

        Assert.Equal(1, _reader.Told);
        Assert.Equal(isWhole ? RequestBodyPull.End : RequestBodyPull.Broken, body.TryPull(out _));
    }

    [Fact]
    public void A_reader_is_told_of_nothing_after_it_has_discarded_the_body()
    {
        var body = Create();
        body.Subscribe(_reader);

        body.Discard();
        body.Write("a"u8);
        body.Complete();

        Assert.Equal(0, _reader.Told);
    }

    [Fact]
    public void A_later_reader_takes_the_place_of_an_earlier_one()
    {
        var body = Create();
        body.Subscribe(_reader);
        var later = new CountingReader();
        body.Subscribe(later);

        body.Write("a"u8);

        Assert.Equal(0, _reader.Told);
        Assert.Equal(1, later.Told);
        body.Abort();
    }

    [Fact]
    public void A_whole_body_that_was_discarded_is_not_taken_for_its_end()
    {
        var body = Create();
        body.Write("hello"u8);
        body.Complete();

        body.Discard();

        Assert.Equal(RequestBodyPull.Broken, body.TryPull(out _));
        Assert.False(body.IsAborted);
    }

    [Fact]
    public void A_body_without_memory_is_broken_and_the_client_is_read_on()
    {
        using var pool = new SegmentPool(limitBytes: 0);
        var body = new RequestBody(null, _mailbox, _writer, pool);
        body.Subscribe(_reader);

        Assert.Equal(1000, body.Write(new byte[1000]));

        Assert.Equal(1, _reader.Told);
        Assert.Equal(RequestBodyPull.Broken, body.TryPull(out _));
        Assert.False(body.IsAborted);
        Assert.Equal(1000, body.Write(new byte[1000]));
    }

    [Fact]
    public void Where_memory_ends_amid_a_body_the_writer_waits_for_the_origin()
    {
        using var pool = new SegmentPool(limitBytes: RequestBodySegments.SegmentBytes);
        var body = new RequestBody(null, _mailbox, _writer, pool);
        Assert.Equal(RequestBodySegments.SegmentBytes, body.Write(new byte[100_000]));

        body.Advance(Pull(body).Length);
        _mailbox.Run();

        Assert.Equal(1, _writer.Rooms);
        Assert.Equal(1, body.Write(new byte[1]));
        body.Abort();
    }

    private static Span<byte> Pull(RequestBody body)
    {
        Assert.Equal(RequestBodyPull.Bytes, body.TryPull(out var bytes));
        return bytes.Span;
    }

    private RequestBody Create(long? length = null) => new(length, _mailbox, _writer, _pool);
}
