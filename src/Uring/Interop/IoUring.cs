using System.Runtime.InteropServices;

namespace TlsProxy.Uring.Interop;

/// <summary>Constants of linux/io_uring.h, by their own names.</summary>
internal static class IoUring
{
    public const byte IORING_OP_WRITE_FIXED = 5;
    public const byte IORING_OP_POLL_ADD = 6;
    public const byte IORING_OP_SENDMSG = 9;
    public const byte IORING_OP_RECVMSG = 10;
    public const byte IORING_OP_ACCEPT = 13;
    public const byte IORING_OP_ASYNC_CANCEL = 14;
    public const uint IORING_ASYNC_CANCEL_ALL = 1;
    public const uint IORING_ASYNC_CANCEL_ANY = 4;
    public const byte IORING_OP_CONNECT = 16;
    public const byte IORING_OP_CLOSE = 19;
    public const byte IORING_OP_READ = 22;
    public const byte IORING_OP_SEND = 26;
    public const byte IORING_OP_RECV = 27;
    public const byte IORING_OP_SEND_ZC = 47;
    public const byte IORING_OP_SENDMSG_ZC = 48;

    public const byte IOSQE_BUFFER_SELECT = 1 << 5;
    public const ushort IORING_ACCEPT_MULTISHOT = 1;
    public const ushort IORING_RECV_MULTISHOT = 1 << 1;

    public const uint IORING_SETUP_SQPOLL = 1 << 1;
    public const uint IORING_SETUP_CQSIZE = 1 << 3;
    public const uint IORING_SETUP_CLAMP = 1 << 4;
    public const uint IORING_SETUP_COOP_TASKRUN = 1 << 8;
    public const uint IORING_SETUP_SINGLE_ISSUER = 1 << 12;
    public const uint IORING_SETUP_DEFER_TASKRUN = 1 << 13;
    public const uint IORING_SETUP_NO_SQARRAY = 1 << 16;

    public const uint IORING_ENTER_GETEVENTS = 1;
    public const uint IORING_ENTER_SQ_WAKEUP = 2;
    public const uint IORING_ENTER_EXT_ARG = 8;

    public const uint IORING_FEAT_SINGLE_MMAP = 1;
    public const uint IORING_FEAT_NODROP = 2;
    public const uint IORING_FEAT_EXT_ARG = 1 << 8;

    public const uint IORING_SQ_NEED_WAKEUP = 1;
    public const uint IORING_SQ_CQ_OVERFLOW = 2;

    public const uint IORING_CQE_F_BUFFER = 1;
    public const uint IORING_CQE_F_MORE = 2;
    public const uint IORING_CQE_F_NOTIF = 8;
    public const int IORING_CQE_BUFFER_SHIFT = 16;

    public const uint IORING_REGISTER_BUFFERS2 = 15;
    public const uint IORING_REGISTER_BUFFERS_UPDATE = 16;
    public const uint IORING_REGISTER_PBUF_RING = 22;
    public const uint IORING_RSRC_REGISTER_SPARSE = 1;

    public const long IORING_OFF_SQ_RING = 0;
    public const long IORING_OFF_CQ_RING = 0x8000000;
    public const long IORING_OFF_SQES = 0x10000000;
}

/// <summary>struct io_uring_sqe.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct SubmissionEntry
{
    public byte OpCode;
    public byte Flags;
    public ushort IoPriority;
    public int Fd;
    public ulong Offset;
    public ulong Address;
    public uint Length;
    public uint OpFlags;
    public ulong UserData;
    /// <summary>The group to select a buffer from; of IORING_OP_WRITE_FIXED the slot of its registered buffer.</summary>
    public ushort BufferGroup;
    public ushort Personality;
    public int FileIndex;
}

/// <summary>struct io_uring_cqe.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct CompletionEntry
{
    public ulong UserData;
    public int Result;
    public uint Flags;
}

/// <summary>struct io_sqring_offsets.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct SubmissionOffsets
{
    public uint Head;
    public uint Tail;
    public uint RingMask;
    public uint RingEntries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
}

/// <summary>struct io_cqring_offsets.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct CompletionOffsets
{
    public uint Head;
    public uint Tail;
    public uint RingMask;
    public uint RingEntries;
    public uint Overflow;
    public uint Entries;
    public uint Flags;
}

/// <summary>struct io_uring_params.</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
internal struct IoUringParams
{
    public uint SubmissionEntries;
    public uint CompletionEntries;
    public uint Flags;
    public uint ThreadCpu;
    public uint ThreadIdle;
    public uint Features;
    public uint WorkQueueFd;
    public uint Reserved0;
    public uint Reserved1;
    public uint Reserved2;
    public SubmissionOffsets Submission;
    public CompletionOffsets Completion;
}

/// <summary>struct io_uring_getevents_arg, followed by the time it points to.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WaitArgument
{
    public ulong SignalMask;
    public uint SignalMaskSize;
    public uint MinWaitMicroseconds;
    public ulong Time;
    public long Seconds;
    public long Nanoseconds;

    /// <summary>sizeof(struct io_uring_getevents_arg).</summary>
    public const int KernelSize = 24;
}

/// <summary>struct io_uring_buf_reg.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal struct BufferRingRegistration
{
    public ulong Address;
    public uint Entries;
    public ushort Group;
    public ushort Flags;
}

/// <summary>struct io_uring_buf; the last field of the first one in a ring is the ring's tail.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct BufferRingEntry
{
    public ulong Address;
    public uint Length;
    public ushort Id;
    public ushort Tail;
}

/// <summary>struct io_uring_rsrc_register.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BufferTableRegistration
{
    public uint Count;
    public uint Flags;
    public ulong Reserved;
    public ulong Data;
    public ulong Tags;

    /// <summary>sizeof(struct io_uring_rsrc_register).</summary>
    public const int KernelSize = 32;
}

/// <summary>struct io_uring_rsrc_update2.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BufferTableUpdate
{
    public uint Offset;
    public uint Reserved;
    public ulong Data;
    public ulong Tags;
    public uint Count;
    public uint Reserved2;

    /// <summary>sizeof(struct io_uring_rsrc_update2).</summary>
    public const int KernelSize = 32;
}

/// <summary>struct iovec (readv(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IoVector
{
    public nint Base;
    public nuint Length;
}
