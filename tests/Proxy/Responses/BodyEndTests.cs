using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Lives;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Responses;

/// <summary>What is left of those who took part in a body when it has ended.</summary>
public sealed class BodyEndTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ManualMailbox _mailbox = new(0);
    private readonly Reader _reader = new();

    public void Dispose()
    {
        Assert.Equal(0, _pool.RentedSegments);
        _pool.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_body_that_has_ended_keeps_none_of_them(bool whole)
    {
        var body = Begin();
        Assert.NotNull(Peek.At(body, "_arrival"));
        if (whole)
            body.Complete();
        else
            body.Fail();

        Assert.Null(Peek.At(body, "_arrival"));
        Assert.Equal((0, false), (body.ReaderCount, body.MustWait()));
        body.RemoveReader(_reader);
        body.Release();
    }

    [Fact]
    public void The_last_byte_of_a_known_length_is_such_an_end()
    {
        var body = new Body(_pool, 1);
        body.Append([1]);
        Assert.Null(Peek.At(body, "_arrival"));
        body.Release();
    }

    [Fact]
    public void A_reader_that_comes_after_the_end_finds_it_and_waits_for_nothing()
    {
        var body = Begin();
        body.Complete();
        body.AddReader(_reader);
        Assert.Null(body.Subscribe(_mailbox, _reader));
        Assert.Equal(BodyRead.Available, body.Read(0, 10, out _));
        Assert.Equal(BodyRead.End, body.Read(1, 10, out _));
        body.ReportProgress();
        Assert.Equal((-1, 0), (body.FindStandstill(), body.FindHeldUpBy(_reader)));
        body.Release();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Those_who_wait_are_told_of_the_end_unless_they_leave_first(bool leaves)
    {
        var body = Begin();
        var subscription = body.Subscribe(_mailbox, _reader)!;
        body.Complete();
        if (leaves)
            Assert.True(subscription.Remove(_reader));
        _mailbox.Run();
        Assert.Equal(leaves ? 0 : 1, _reader.Told);
        body.Release();
    }

    [Fact]
    public void A_window_moves_on_after_the_end()
    {
        var body = new Body(_pool, null);
        body.AddReader(_reader);
        body.LimitToWindow(new BodyWindow(BodyWindow.ScarceBytes));
        for (var i = 0; i < 3; i++)
            body.Append(new byte[16 * 1024]);
        body.Complete();
        Assert.Equal((true, 1), (body.IsWindowed, body.ReaderCount));
        Assert.Equal(3, _pool.RentedSegments);
        _reader.BodyOffset = 32 * 1024;
        body.ReportProgress();
        Assert.Equal(1, _pool.RentedSegments);
        body.RemoveReader(_reader);
        body.Release();
    }

    /// <summary>A body of unknown length that has a reader and a byte.</summary>
    private Body Begin()
    {
        var body = new Body(_pool, null);
        body.AddReader(_reader);
        Assert.True(body.Append([1]));
        return body;
    }

    private sealed class Reader : IBodySubscriber
    {
        public int Told { get; private set; }

        public long BodyOffset { get; set; }

        public void OnBodyProgress() => Told++;

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
