using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

/// <summary>Sends whose memory is the kernel's until a second completion (io_uring_prep_send_zc(3)).</summary>
public sealed class ZeroCopyTests : IDisposable
{
    private readonly LoopScene _scene = new();
    private readonly Operation _send;

    public ZeroCopyTests()
    {
        _scene.Backend.SendsWithoutCopying = true;
        _send = _scene.Operation(1);
        _scene.Loop.Send(_send, 10, _scene.Hello);
    }

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(5, "1: 5")]
    [InlineData(-(int)Errno.EPIPE, "1: EPIPE")]
    public void The_owner_is_told_the_first_result_when_the_memory_is_free(int result, string told)
    {
        _scene.Backend.Complete(_send, result, more: true);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.True(_send.IsPending);
        _scene.Backend.Complete(_send, 0, notification: true);
        Assert.Equal(told, _scene.Turn());
        Assert.False(_send.IsPending);
    }

    [Fact]
    public void An_error_without_a_second_completion_is_told_at_once()
    {
        _scene.Backend.Fail(_send, Errno.ECONNRESET);
        Assert.Equal("1: ECONNRESET", _scene.Turn());
    }

    [Theory]
    [InlineData(Errno.EOPNOTSUPP, true)]
    [InlineData(Errno.EOPNOTSUPP, false)]
    [InlineData(Errno.ENOMEM, true)]
    [InlineData(Errno.ENOMEM, false)]
    public void A_send_that_is_refused_for_its_lack_of_a_copy_is_made_again_with_one_and_under_another_number(Errno error, bool notifies)
    {
        var refused = _send.UserData;
        _scene.Backend.Fail(_send, error, more: notifies);
        if (notifies)
            _scene.Backend.Complete(_send, 0, notification: true);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.Equal([_send, _send], _scene.Backend.Submitted);
        Assert.True(_send.MustCopy);
        Assert.True(_send.IsPending);

        // What the refused send may still leave behind doesn't end the new one.
        _scene.Backend.Receive(refused, "?"u8, more: false);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.True(_send.IsPending);
        _scene.Backend.Complete(_send, 5);
        Assert.Equal("1: 5", _scene.Turn());
        Assert.Equal(0, _scene.Loop.PendingOperations);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_send_that_was_cancelled_is_not_made_again(bool notifies)
    {
        _scene.Loop.Cancel(_send);
        _scene.Backend.Fail(_send, Errno.EOPNOTSUPP, more: notifies);
        if (notifies)
            _scene.Backend.Complete(_send, 0, notification: true);

        Assert.Equal("1: ECANCELED", _scene.Turn());
        Assert.Equal([_send], _scene.Backend.Submitted);
        Assert.Equal(0, _scene.Loop.PendingOperations);
    }

    [Fact]
    public void A_send_with_a_copy_that_is_refused_too_has_failed()
    {
        _scene.Backend.Fail(_send, Errno.EOPNOTSUPP);
        _scene.Turn();
        _scene.Backend.Fail(_send, Errno.EOPNOTSUPP);
        Assert.Equal("1: EOPNOTSUPP", _scene.Turn());
    }

    [Fact]
    public void What_one_socket_refused_is_tried_again_on_the_next()
    {
        _scene.Backend.Fail(_send, Errno.EOPNOTSUPP);
        _scene.Turn();
        _scene.Backend.Complete(_send, 5);
        _scene.Turn();
        _send.ForgetSocket();
        Assert.False(_send.MustCopy);
    }

    [Theory]
    [InlineData(Errno.EOPNOTSUPP)]
    [InlineData(Errno.ENOMEM)]
    public void The_rest_of_a_part_is_copied_where_no_more_pages_can_be_pinned(Errno error)
    {
        var first = _send.UserData;
        _scene.Backend.Complete(_send, 2, more: true);
        Assert.Equal(string.Empty, _scene.Turn());
        _scene.Backend.Fail(_send, error);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.Equal("llo"u8, _send.Memory.Span);
        Assert.True(_send.MustCopy);
        _scene.Backend.Complete(_send, 3);
        Assert.Equal(string.Empty, _scene.Turn());
        _scene.Backend.Notify(first);
        Assert.Equal("1: 5", _scene.Turn());
        Assert.Equal(0, _scene.Loop.PendingOperations);
    }

    [Fact]
    public void The_rest_of_a_part_leaves_before_the_peer_has_the_part()
    {
        var first = _send.UserData;
        _scene.Backend.Complete(_send, 2, more: true);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.Equal([_send, _send], _scene.Backend.Submitted);
        Assert.Equal("llo"u8, _send.Memory.Span);
        Assert.Equal(2, _send.TakenBytes);

        _scene.Backend.Complete(_send, 3, more: true);
        _scene.Backend.Complete(_send, 0, notification: true);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.True(_send.IsPending);
        _scene.Backend.Notify(first);
        Assert.Equal("1: 5", _scene.Turn());
        Assert.Equal(0, _scene.Loop.PendingOperations);
        Assert.Equal(0, _send.TakenBytes);
    }

    [Fact]
    public void The_rest_of_a_message_leaves_out_the_ranges_that_were_taken()
    {
        var message = _scene.Operation(2);
        _scene.Loop.SendMessage(message, 11, [_scene.Hello.Slice(0, 2), _scene.Hello.Slice(2)]);
        _scene.Backend.Complete(message, 3, more: true);
        _scene.Turn();

        Assert.Equal([0, 2], [message.Message!.Range(0).Length, message.Message.Range(1).Length]);
        Assert.Equal("lo"u8, message.Message.Range(1).Span);
        Assert.Equal([_send, message, message], _scene.Backend.Submitted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rest_that_fails_leaves_the_count_of_what_was_taken(bool notifies)
    {
        var first = _send.UserData;
        _scene.Backend.Complete(_send, 2, more: true);
        _scene.Turn();
        _scene.Backend.Fail(_send, Errno.ECONNRESET, more: notifies);
        if (notifies)
            _scene.Backend.Complete(_send, 0, notification: true);
        Assert.Equal(string.Empty, _scene.Turn());
        _scene.Backend.Notify(first);
        Assert.Equal("1: 2", _scene.Turn());
        Assert.Equal(0, _scene.Loop.PendingOperations);
    }

    [Fact]
    public void The_rest_of_a_cancelled_send_stays_unsent_and_its_memory_is_waited_for()
    {
        _scene.Loop.Cancel(_send);
        _scene.Backend.Complete(_send, 2, more: true);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.Equal([_send], _scene.Backend.Submitted);
        Assert.True(_send.IsPending);
        _scene.Backend.Complete(_send, 0, notification: true);
        Assert.Equal("1: 2", _scene.Turn());
    }
}
