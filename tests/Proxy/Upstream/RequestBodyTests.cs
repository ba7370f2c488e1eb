using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

public sealed class RequestBodyTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ManualMailbox _mailbox = new();
    private readonly CountingWriter _writer = new();

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task A_writer_that_waits_for_room_is_told_of_it_even_when_it_wrote_a_little_meanwhile()
    {
        var body = new RequestBody(null, _mailbox, _writer, _pool, capacity: 100);
        Assert.Equal(100, body.Write(new byte[120]));
        await Read(body, 20);

        // What was on its way when the client was paused finds room; the client stays paused.
        Assert.Equal(10, body.Write(new byte[10]));
        await Read(body, 90);
        _mailbox.Run();

        Assert.Equal(1, _writer.Rooms);
    }

    [Fact]
    public async Task A_writer_is_told_of_room_once_the_buffer_is_half_empty()
    {
        var body = new RequestBody(null, _mailbox, _writer, _pool, capacity: 100);
        body.Write(new byte[101]);

        await Read(body, 49);
        _mailbox.Run();
        Assert.Equal(0, _writer.Rooms);
        await Read(body, 1);
        _mailbox.Run();

        Assert.Equal(1, _writer.Rooms);
    }

    [Fact]
    public async Task A_body_short_of_its_announced_length_counts_as_broken_off()
    {
        var body = new RequestBody(10, _mailbox, _writer, _pool);
        body.Write(new byte[9]);

        body.Complete();

        Assert.True(body.IsAborted);
        Assert.Equal(-1, await body.ReadAsync(new byte[10], TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_body_that_nobody_wants_is_taken_and_forgotten()
    {
        var body = new RequestBody(1000, _mailbox, _writer, _pool, capacity: 100);
        Assert.Equal(100, body.Write(new byte[200]));

        body.Discard();
        _mailbox.Run();

        Assert.Equal(1, _writer.Rooms);
        Assert.Equal(900, body.Write(new byte[900]));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task A_writer_that_waits_for_it_is_told_once_when_the_body_is_first_read(bool waits, int told)
    {
        var body = new RequestBody(10, _mailbox, _writer, _pool) { TellsWanted = waits };
        Assert.Equal(0, _writer.Wants);
        var reading = body.ReadAsync(new byte[10], TestContext.Current.CancellationToken).AsTask();
        _mailbox.Run();
        body.Write(new byte[5]);
        Assert.Equal(5, await reading);
        body.Write(new byte[5]);
        await Read(body, 5);
        _mailbox.Run();
        Assert.Equal(told, _writer.Wants);
    }

    [Fact]
    public void A_body_that_is_given_up_unread_was_not_wanted()
    {
        var body = new RequestBody(10, _mailbox, _writer, _pool) { TellsWanted = true };
        body.Discard();
        _mailbox.Run();
        Assert.Equal(0, _writer.Wants);
    }

    private static async Task Read(RequestBody body, int count) =>
        Assert.Equal(count, await body.ReadAsync(new byte[count], TestContext.Current.CancellationToken));
}
