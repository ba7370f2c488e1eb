using System.Runtime.InteropServices;

namespace TlsProxy.Uring.Interop;

/// <summary>Constants of sys/epoll.h and poll.h, by their own names, and the layout of struct epoll_event.</summary>
internal static unsafe class Epoll
{
    public const long SYS_epoll_pwait2 = 441;

    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;

    public const uint EPOLLIN = 1;
    public const uint EPOLLPRI = 2;
    public const uint EPOLLOUT = 4;
    public const uint EPOLLERR = 8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLET = 1u << 31;

    /// <summary>sizeof(struct epoll_event): it is packed on x86-64 alone (epoll_ctl(2)).</summary>
    public static int EntryLength { get; } = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    public static void Write(byte* entry, uint events, ulong data)
    {
        *(uint*)entry = events;
        *(ulong*)(entry + EntryLength - sizeof(ulong)) = data;
    }

    public static (uint Events, ulong Data) Read(byte* entry) => (*(uint*)entry, *(ulong*)(entry + EntryLength - sizeof(ulong)));
}

/// <summary>struct pollfd (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    public int Fd;
    public short Events;
    public short Returned;
}

/// <summary>struct timespec (timespec(3)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}
