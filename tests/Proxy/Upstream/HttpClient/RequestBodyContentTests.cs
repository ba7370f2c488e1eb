using System.Text;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

/// <summary>How HttpClient takes a request's body.</summary>
public sealed class RequestBodyContentTests : IDisposable
{
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(60);

    private readonly SegmentPool _pool = new();
    private readonly SteppedTime _time = new();
    private readonly OriginDeadline _deadline;
    private readonly RequestBody _body;
    private readonly HeldStream _stream = new();
    private readonly CancellationTokenSource _cancellation = new();

    public RequestBodyContentTests()
    {
        _deadline = new OriginDeadline(_time);
        _body = new RequestBody(null, new ManualMailbox(), new CountingWriter(), _pool);
    }

    public void Dispose()
    {
        _cancellation.Dispose();
        _stream.Dispose();
        _deadline.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task The_bytes_are_sent_out_of_the_memory_they_were_written_to()
    {
        _body.Write("hello"u8);
        _body.TryPull(out var bytes);
        _body.Advance(0);
        var copying = CopyAsync();

        await _stream.WaitForWriteAsync();
        Assert.True(_stream.Writing.Span.Overlaps(bytes.Span, out var offset));
        Assert.Equal(0, offset);
        _stream.EndWrite();
        _body.Complete();
        await copying;

        Assert.Equal("hello", Encoding.ASCII.GetString(_stream.ToArray()));
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public async Task Memory_that_is_being_sent_stays_though_the_exchange_has_ended()
    {
        _body.Write("hello"u8);
        var copying = CopyAsync();
        await _stream.WaitForWriteAsync();

        await _cancellation.CancelAsync();
        _body.Discard();
        _body.Abort();
        Assert.Equal(1, _pool.RentedSegments);
        _stream.EndWrite();

        await Assert.ThrowsAnyAsync<Exception>(() => copying);
        Assert.Equal("hello", Encoding.ASCII.GetString(_stream.ToArray()));
        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public async Task A_failed_write_holds_no_memory()
    {
        _body.Write("hello"u8);
        var copying = CopyAsync();
        await _stream.WaitForWriteAsync();

        _stream.FailWrite();
        await Assert.ThrowsAnyAsync<Exception>(() => copying);
        _body.Discard();

        Assert.Equal(0, _pool.RentedSegments);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_no_whole_one()
    {
        var copying = CopyAsync();

        _body.Abort();

        var failed = await Assert.ThrowsAsync<HttpRequestException>(() => copying);
        Assert.IsType<IOException>(failed.InnerException);
    }

    [Fact]
    public async Task A_wait_for_the_client_can_be_cancelled()
    {
        var copying = CopyAsync();
        Assert.False(copying.IsCompleted);

        await _cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        // What comes later finds nobody who waits.
        _body.Write("hello"u8);
        _body.Abort();
    }

    [Fact]
    public async Task The_origins_deadline_runs_while_it_takes_bytes_and_not_while_the_client_is_waited_for()
    {
        _deadline.Arm(OriginFailure.ResponseTimeout, WriteTimeout);
        var copying = CopyAsync();
        _time.Advance(WriteTimeout * 100);
        Assert.False(_deadline.Token.IsCancellationRequested);

        _body.Write("hello"u8);
        await _stream.WaitForWriteAsync();
        _time.Advance(WriteTimeout / 2);
        _body.Write("hello"u8);
        _stream.EndWrite();
        await _stream.WaitForWriteAsync();
        _time.Advance(WriteTimeout / 2);
        Assert.False(_deadline.Token.IsCancellationRequested);
        _time.Advance(WriteTimeout / 2);

        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.Equal(OriginFailure.ResponseTimeout, _deadline.Reason);
        _stream.EndWrite();
        _body.Complete();
        await copying;
    }

    [Theory]
    [InlineData(5L)]
    [InlineData(null)]
    public void The_length_is_told_where_it_is_known(long? length)
    {
        using var content = Create(new RequestBody(length, new ManualMailbox(), new CountingWriter(), _pool));

        Assert.Equal(length, content.Headers.ContentLength);
    }

    private async Task CopyAsync()
    {
        using var content = Create(_body);
        await content.CopyToAsync(_stream, _cancellation.Token);
    }

    private RequestBodyContent Create(RequestBody body) => new(body, _deadline, WriteTimeout);
}
