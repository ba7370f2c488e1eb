using TlsProxy.Uring.Interop;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.IoUring;

namespace TlsProxy.Uring.Ring;

/// <summary>Operations as submission entries (io_uring_enter(2)).</summary>
internal static class SubmissionWriter
{
    /// <param name="registered">The buffers that a send of one range may go out of, or null.</param>
    public static SubmissionEntry Of(Operation operation, RingOptions options, RegisteredBuffers? registered)
    {
        var entry = new SubmissionEntry { Fd = operation.Descriptor, UserData = operation.UserData };
        switch (operation.Kind)
        {
            case OperationKind.Accept:
                entry.OpCode = IORING_OP_ACCEPT;
                entry.OpFlags = Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC;
                entry.IoPriority = options.Multishot ? IORING_ACCEPT_MULTISHOT : (ushort)0;
                break;
            case OperationKind.Receive:
            case OperationKind.ReceiveMultishot:
                entry.OpCode = IORING_OP_RECV;
                entry.Flags = IOSQE_BUFFER_SELECT;
                entry.BufferGroup = BufferRing.Group;
                entry.IoPriority = options.Multishot && operation.Kind == OperationKind.ReceiveMultishot
                    ? IORING_RECV_MULTISHOT
                    : (ushort)0;
                break;
            case OperationKind.ReceiveInto:
                entry.OpCode = IORING_OP_RECV;
                SetMemory(ref entry, operation);
                break;
            case OperationKind.ReceiveMessage:
                entry.OpCode = IORING_OP_RECVMSG;
                SetMessage(ref entry, operation);
                entry.OpFlags = 0;
                break;
            case OperationKind.Send:
                entry.OpCode = options.SendZeroCopy && !operation.MustCopy ? IORING_OP_SEND_ZC : IORING_OP_SEND;
                SetMemory(ref entry, operation);
                entry.OpFlags = Libc.MSG_NOSIGNAL;
                if (registered is not null && registered.TryFind(operation.Memory, out var slot))
                    SetRegistered(ref entry, slot);
                break;
            case OperationKind.SendMessage:
                entry.OpCode = options.SendZeroCopy && !operation.MustCopy ? IORING_OP_SENDMSG_ZC : IORING_OP_SENDMSG;
                SetMessage(ref entry, operation);
                entry.OpFlags = Libc.MSG_NOSIGNAL;
                break;
            case OperationKind.Poll:
                entry.OpCode = IORING_OP_POLL_ADD;
                entry.OpFlags = operation.Events;
                break;
            case OperationKind.Connect:
                entry.OpCode = IORING_OP_CONNECT;
                entry.Address = (ulong)operation.Memory.Address;
                entry.Offset = (ulong)operation.Memory.Length;
                break;
            case OperationKind.Close:
                entry.OpCode = IORING_OP_CLOSE;
                break;
            default:
                throw new InvalidOperationException($"There is no operation {operation.Kind}.");
        }

        return entry;
    }

    public static SubmissionEntry Cancel(ulong cancelled, ulong userData) => new()
    {
        OpCode = IORING_OP_ASYNC_CANCEL,
        Fd = -1,
        Address = cancelled,
        UserData = userData,
    };

    /// <summary>Cancels every request of the ring.</summary>
    public static SubmissionEntry CancelAll(ulong userData) => new()
    {
        OpCode = IORING_OP_ASYNC_CANCEL,
        Fd = -1,
        OpFlags = IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY,
        UserData = userData,
    };

    public static SubmissionEntry Read(int descriptor, nint address, int length, ulong userData) => new()
    {
        OpCode = IORING_OP_READ,
        Fd = descriptor,
        Address = (ulong)address,
        Length = (uint)length,
        UserData = userData,
    };

    private static void SetMemory(ref SubmissionEntry entry, Operation operation)
    {
        entry.Address = (ulong)operation.Memory.Address;
        entry.Length = (uint)operation.Memory.Length;
    }

    /// <summary>A write has no flags; the runtime ignores SIGPIPE, which they would keep away.</summary>
    private static void SetRegistered(ref SubmissionEntry entry, int slot)
    {
        entry.OpCode = IORING_OP_WRITE_FIXED;
        entry.BufferGroup = (ushort)slot;
        entry.OpFlags = 0;
    }

    private static void SetMessage(ref SubmissionEntry entry, Operation operation)
    {
        var message = operation.Message ?? throw new InvalidOperationException("The operation has no message.");
        entry.Address = (ulong)message.Address;
        entry.Length = 1;
    }
}
