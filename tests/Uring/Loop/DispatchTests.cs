using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Loop;

public sealed class DispatchTests : IDisposable
{
    private readonly LoopScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_result_or_an_error_reaches_the_owner_and_ends_the_operation()
    {
        var first = _scene.Operation(1);
        var second = _scene.Operation(2);
        _scene.Loop.Send(first, 10, _scene.Hello);
        _scene.Loop.Poll(second, 11, 4);
        Assert.Equal(2, _scene.Loop.PendingOperations);
        _scene.Backend.Complete(first, 5);
        _scene.Backend.Fail(second, Errno.ECANCELED);
        Assert.Equal("1: 5, 2: ECANCELED", _scene.Turn());
        Assert.False(first.IsPending || second.IsPending);
        Assert.Equal(0, _scene.Loop.PendingOperations);
        Assert.Equal(2, _scene.Loop.Statistics.BatchMax);
    }

    [Fact]
    public void An_operation_that_promises_more_stays_pending()
    {
        var accept = _scene.Operation(1);
        _scene.Loop.Accept(accept, 3);
        _scene.Backend.Complete(accept, 7, more: true);
        _scene.Backend.Complete(accept, 8, more: true);
        Assert.Equal("1: 7 more, 1: 8 more", _scene.Turn());
        Assert.True(accept.IsPending);
        _scene.Backend.Fail(accept, Errno.EMFILE);
        Assert.Equal("1: EMFILE", _scene.Turn());
        Assert.False(accept.IsPending);
    }

    [Fact]
    public void An_owner_may_submit_again_within_the_call_and_is_not_called_within_it()
    {
        var operation = _scene.Operation(1);
        _scene.Loop.Poll(operation, 10, 1);
        _scene.Backend.Complete(operation, 1);
        _scene.OnTold = ended =>
        {
            _scene.Loop.Poll(ended, 10, 1);
            _scene.Backend.Complete(ended, 1);
        };
        Assert.Equal("1: 1", _scene.Turn());
        Assert.True(operation.IsPending);
    }

    [Fact]
    public void An_operation_is_not_submitted_twice()
    {
        var operation = _scene.Operation(1);
        _scene.Loop.Poll(operation, 10, 1);
        Assert.Throws<InvalidOperationException>(() => _scene.Loop.Send(operation, 10, _scene.Hello));
    }

    [Fact]
    public void Only_what_is_pending_is_cancelled()
    {
        var operation = _scene.Operation(1);
        _scene.Loop.Cancel(operation);
        Assert.Empty(_scene.Backend.Cancelled);
        _scene.Loop.Poll(operation, 10, 1);
        _scene.Loop.Cancel(operation);
        Assert.Equal([operation], _scene.Backend.Cancelled);
        Assert.True(operation.IsPending);
    }

    [Fact]
    public void Received_bytes_are_there_during_the_call_and_their_buffer_goes_back_after_it()
    {
        var receive = _scene.Operation(1);
        _scene.Loop.ReceiveMultishot(receive, 10);
        _scene.Backend.Receive(receive, "abc"u8);
        _scene.OnTold = _ => Assert.Equal(1, _scene.Backend.BuffersInUse);
        Assert.Equal("1: 3 'abc' more", _scene.Turn());
        Assert.Equal(0, _scene.Backend.BuffersInUse);
    }

    [Fact]
    public void An_empty_pool_is_counted()
    {
        var receive = _scene.Operation(1);
        _scene.Loop.ReceiveMultishot(receive, 10);
        _scene.Backend.Fail(receive, Errno.ENOBUFS);
        Assert.Equal("1: ENOBUFS", _scene.Turn());
        Assert.Equal(1, _scene.Loop.Statistics.BuffersExhausted);
    }

    [Fact]
    public void A_completion_of_an_ended_operation_does_not_reach_the_slots_next_user()
    {
        var first = _scene.Operation(1);
        var second = _scene.Operation(2);
        _scene.Loop.ReceiveMultishot(first, 10);
        var stale = first.UserData;
        _scene.Backend.Complete(first, 0);
        _scene.Turn();
        _scene.Loop.ReceiveMultishot(second, 10);
        Assert.Equal((uint)stale, (uint)second.UserData);

        _scene.Backend.Receive(stale, "late"u8);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.True(second.IsPending);
        Assert.Equal(1, _scene.Loop.Statistics.Stale);
        Assert.Equal(0, _scene.Backend.BuffersInUse);
    }

    [Fact]
    public void A_completion_of_an_operation_that_never_was_is_only_counted()
    {
        _scene.Backend.Receive(ulong.MaxValue, "?"u8);
        _scene.Backend.Receive((1UL << 32) | 5, "?"u8);
        Assert.Equal(string.Empty, _scene.Turn());
        Assert.Equal(2, _scene.Loop.Statistics.Stale);
        Assert.Equal(0, _scene.Backend.BuffersInUse);
    }

    [Fact]
    public void More_operations_than_there_were_slots_keep_apart()
    {
        var operations = Enumerable.Range(0, 1000).Select(_scene.Operation).ToArray();
        foreach (var operation in operations)
            _scene.Loop.Poll(operation, 10, 1);
        Assert.Equal(1000, operations.Select(operation => operation.UserData).Distinct().Count());
        foreach (var operation in operations.Where(operation => operation.Tag % 2 == 1))
            _scene.Backend.Complete(operation, operation.Tag);
        Assert.Equal(string.Join(", ", Enumerable.Range(0, 500).Select(i => $"{(2 * i) + 1}: {(2 * i) + 1}")), _scene.Turn());
        Assert.Equal(500, _scene.Loop.PendingOperations);
    }

    [Fact]
    public void A_message_has_the_ranges_that_are_not_empty_and_its_record_type_and_is_lent_until_the_end()
    {
        var send = _scene.Operation(1);
        _scene.Loop.SendMessage(send, 10, [_scene.Hello, default, _scene.Hello.Slice(1, 2)], recordType: 21);
        var message = send.Message!;
        Assert.Equal((2, 5, 2, 21), (message.RangeCount, message.Range(0).Length, message.Range(1).Length, message.RecordType));
        _scene.Backend.Complete(send, 7);
        _scene.Turn();
        Assert.Null(send.Message);

        // The block is used again, without the record type.
        _scene.Loop.SendMessage(send, 10, [_scene.Hello]);
        Assert.Same(message, send.Message);
        Assert.Equal((1, 0), (message.RangeCount, message.RecordType));
    }
}
