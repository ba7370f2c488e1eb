using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>A request's body that ends at any point of its way gives all of its memory back.</summary>
public sealed class RequestBodyCutTests
{
    private const int Segment = RequestBodySegments.SegmentBytes;

    private readonly ManualMailbox _mailbox = new();
    private NativeSlice _bytes;
    private bool _isPulled;

    // Bytes amid a segment and across several, a full buffer, pulls that take nothing, some and all, and an end that is pulled.
    private Action<RequestBody>[] Way =>
    [
        static body => body.Write(new byte[10]), Pull, Take(4), Pull, Take(0), static body => body.Write(new byte[Segment]), Pull,
        static body => body.Write(new byte[3 * Segment]), Take(100), static body => body.Write(new byte[Segment]), Pull, TakeAll, Pull,
        TakeAll, static body => body.Write(new byte[10]), Pull, static body => body.Complete(), TakeAll, Pull, TakeAll, Pull, TakeAll,
    ];

    [Theory]
    [InlineData("abort")]
    [InlineData("discard")]
    [InlineData("abort, discard")]
    [InlineData("discard, abort")]
    public void No_segment_is_left_wherever_it_is_cut(string cut)
    {
        using var pool = new SegmentPool();
        for (var steps = 0; steps <= Way.Length; steps++)
        {
            var body = new RequestBody(null, _mailbox, new CountingWriter(), pool);
            foreach (var step in Way.AsSpan(0, steps))
                step(body);
            foreach (var end in cut.Split(", "))
            {
                if (end == "abort")
                    body.Abort();
                else
                    body.Discard();
            }

            // A body that the client has sent whole isn't cut by the client's end: the origin takes the rest.
            while (_isPulled || body.TryPull(out _bytes) == RequestBodyPull.Bytes)
            {
                body.Advance(_bytes.Length);
                _isPulled = false;
            }

            Assert.True(pool.RentedSegments == 0, $"{pool.RentedSegments} segments are left after {steps} steps");
        }
    }

    [Fact]
    public void No_segment_is_left_behind_its_end()
    {
        using var pool = new SegmentPool();
        var body = new RequestBody(null, _mailbox, new CountingWriter(), pool);

        foreach (var step in Way)
            step(body);

        Assert.Equal(0, pool.RentedSegments);
        Assert.Equal(RequestBodyPull.End, body.TryPull(out _));
    }

    private static void Assume(bool holds) => Assert.True(holds, "The way of the body is another than it is meant to be.");

    private Action<RequestBody> Take(int count) => body =>
    {
        Assume(_isPulled && _bytes.Length >= count);
        _isPulled = false;
        body.Advance(count);
    };

    private void TakeAll(RequestBody body) => Take(_bytes.Length)(body);

    private void Pull(RequestBody body)
    {
        Assume(!_isPulled);
        _isPulled = body.TryPull(out _bytes) == RequestBodyPull.Bytes;
        Assume(_isPulled);
    }
}
