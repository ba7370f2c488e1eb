using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Uring.Epoll;

/// <summary>Tries operations: system calls that don't wait, and completions for what they did.</summary>
internal sealed unsafe class OperationAttempts(ReceiveBuffers buffers, CompletionQueue completions, LoopStatistics statistics)
{
    // What one descriptor may do before the others have their turn.
    private const int ReceivesMaximum = 4;
    private const int AcceptsMaximum = 32;

    /// <summary>Tries one operation that is pending on a descriptor.</summary>
    public AttemptOutcome Try(DescriptorState state, Operation operation) => operation.Kind switch
    {
        OperationKind.Accept => Accept(state, operation),
        OperationKind.Receive => Receive(state, operation),
        OperationKind.ReceiveMultishot => ReceiveMany(state, operation),
        OperationKind.ReceiveInto => ReceiveInto(state, operation),
        OperationKind.ReceiveMessage => ReceiveMessage(state, operation),
        OperationKind.Send => Send(state, operation),
        OperationKind.SendMessage => SendMessage(state, operation),
        OperationKind.Poll => Poll(operation),
        OperationKind.Connect => Connect(state, operation),
        OperationKind.Close => Close(operation),
        _ => throw new InvalidOperationException($"There is no operation {operation.Kind}."),
    };

    private AttemptOutcome Accept(DescriptorState state, Operation operation)
    {
        for (var i = 0; i < AcceptsMaximum; i++)
        {
            var accepted = ResultOf(Call(Libc.accept4(operation.Descriptor, null, null, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC)));
            if (accepted == -(int)Errno.EAGAIN)
                return BlockReceives(state);
            // After the lack of a descriptor the connection still waits: the next accept is to try at once.
            if (accepted < 0)
                return End(operation, accepted);
            completions.Add(new Completion(operation.UserData, accepted, More: true));
        }

        return AttemptOutcome.Unfinished;
    }

    private AttemptOutcome Receive(DescriptorState state, Operation operation)
    {
        if (!buffers.TryTake(out var buffer))
            return End(operation, -(int)Errno.ENOBUFS);
        var result = ReceiveBytes(state, operation.Descriptor, buffers[buffer]);
        if (result > 0)
        {
            completions.Add(new Completion(operation.UserData, result, BufferId: buffer));
            return AttemptOutcome.Ended;
        }

        buffers.Return(buffer);
        return result == -(int)Errno.EAGAIN ? BlockReceives(state) : End(operation, result);
    }

    private AttemptOutcome ReceiveMany(DescriptorState state, Operation operation)
    {
        for (var i = 0; i < ReceivesMaximum; i++)
        {
            if (!buffers.TryTake(out var buffer))
                return End(operation, -(int)Errno.ENOBUFS);
            var result = ReceiveBytes(state, operation.Descriptor, buffers[buffer]);
            if (result <= 0)
            {
                buffers.Return(buffer);
                return result == -(int)Errno.EAGAIN ? BlockReceives(state) : End(operation, result);
            }

            completions.Add(new Completion(operation.UserData, result, More: true, BufferId: buffer));
            if (!state.MayReceive)
                return AttemptOutcome.Blocked;
        }

        return AttemptOutcome.Unfinished;
    }

    private AttemptOutcome ReceiveInto(DescriptorState state, Operation operation)
    {
        var result = ReceiveBytes(state, operation.Descriptor, operation.Memory);
        return result == -(int)Errno.EAGAIN ? BlockReceives(state) : End(operation, result);
    }

    private AttemptOutcome ReceiveMessage(DescriptorState state, Operation operation)
    {
        var result = ResultOf(Call(Libc.recvmsg(operation.Descriptor, MessageOf(operation), Libc.MSG_DONTWAIT)));
        return result == -(int)Errno.EAGAIN ? BlockReceives(state) : End(operation, result);
    }

    private AttemptOutcome Send(DescriptorState state, Operation operation)
    {
        var (address, length) = (operation.Memory.Address, operation.Memory.Length);
        var result = ResultOf(Call(Libc.send(operation.Descriptor, (byte*)address, (nuint)length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL)));
        return EndSend(state, operation, result, length);
    }

    private AttemptOutcome SendMessage(DescriptorState state, Operation operation)
    {
        var result = ResultOf(Call(Libc.sendmsg(operation.Descriptor, MessageOf(operation), Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL)));
        return EndSend(state, operation, result, operation.Message!.Length);
    }

    /// <summary>Asks for the events; poll(2) of a socket without room also makes the kernel tell when there is some.</summary>
    private AttemptOutcome Poll(Operation operation)
    {
        var entry = new PollEntry { Fd = operation.Descriptor, Events = (short)operation.Events };
        var result = ResultOf(Call(Libc.poll(&entry, 1, 0)));
        if (result == 0)
            return AttemptOutcome.Blocked;
        if (result > 0)
            result = (entry.Returned & POLLNVAL) != 0 ? -(int)Errno.EBADF : (ushort)entry.Returned;
        return End(operation, result);
    }

    /// <summary>A connect that is asked again answers how the first one ended (connect(2), EALREADY until then).</summary>
    private AttemptOutcome Connect(DescriptorState state, Operation operation)
    {
        var result = ResultOf(Call(Libc.connect(operation.Descriptor, (byte*)operation.Memory.Address, (uint)operation.Memory.Length)));
        if (result is not (-(int)Errno.EINPROGRESS or -(int)Errno.EALREADY))
            return End(operation, result);
        state.MaySend = false;
        return AttemptOutcome.Blocked;
    }

    private AttemptOutcome Close(Operation operation)
    {
        var result = ResultOf(Call(Libc.close(operation.Descriptor)));
        // The descriptor is gone even when a signal cut the call short (close(2)).
        return End(operation, result == -(int)Errno.EINTR ? 0 : result);
    }

    private int ReceiveBytes(DescriptorState state, int descriptor, NativeSlice memory)
    {
        var result = ResultOf(Call(Libc.recv(descriptor, (byte*)memory.Address, (nuint)memory.Length, Libc.MSG_DONTWAIT)));
        if (result > 0 && result < memory.Length && state is { IsRegistered: true, ShortReceivesTell: true, HasEnded: false })
            state.MayReceive = false;
        return result;
    }

    private AttemptOutcome EndSend(DescriptorState state, Operation operation, int result, long length)
    {
        if (result == -(int)Errno.EAGAIN)
        {
            state.MaySend = false;
            return AttemptOutcome.Blocked;
        }

        if (result >= 0 && result < length && state is { IsRegistered: true, ShortSendsTell: true, HasEnded: false })
            state.MaySend = false;
        return End(operation, result);
    }

    private static AttemptOutcome BlockReceives(DescriptorState state)
    {
        state.MayReceive = false;
        return AttemptOutcome.Blocked;
    }

    private AttemptOutcome End(Operation operation, int result)
    {
        if (result == -(int)Errno.EINTR)
            return AttemptOutcome.Unfinished;
        completions.Add(new Completion(operation.UserData, result));
        return AttemptOutcome.Ended;
    }

    private static byte* MessageOf(Operation operation) =>
        operation.Message is { } message ? (byte*)message.Address : throw new InvalidOperationException("The operation has no message.");

    /// <summary>Counts a call.</summary>
    private nint Call(nint result)
    {
        statistics.CountEnter();
        return result;
    }

    private static int ResultOf(nint result) => result >= 0 ? (int)result : -(int)Libc.LastError;
}
