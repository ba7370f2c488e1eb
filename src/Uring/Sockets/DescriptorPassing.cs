using System.Net.Sockets;
using System.Runtime.InteropServices;
using TlsProxy.Uring.Interop;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Uring.Sockets;

/// <summary>Messages with descriptors over connected UNIX sockets (unix(7), SCM_RIGHTS). Nothing waits: EAGAIN asks for a later
/// call.</summary>
public static unsafe class DescriptorPassing
{
    /// <summary>Descriptors of one message at most (SCM_MAX_FD of the kernel).</summary>
    public const int DescriptorsMaximum = 253;

    /// <summary>Sends a message with further descriptors of the same files; the caller keeps its own.</summary>
    public static Errno Send(Socket socket, ReadOnlySpan<byte> message, ReadOnlySpan<int> descriptors)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, DescriptorsMaximum);
        var control = stackalloc byte[ControlBytes(DescriptorsMaximum)];
        fixed (byte* text = message)
        {
            var range = new Range { Base = text, Length = (nuint)message.Length };
            var header = new Header { Ranges = &range, RangeCount = 1 };
            if (descriptors.Length > 0)
            {
                *(ControlHeader*)control = new ControlHeader
                {
                    Length = (nuint)(sizeof(ControlHeader) + (descriptors.Length * sizeof(int))),
                    Level = SOL_SOCKET,
                    Type = SCM_RIGHTS,
                };
                descriptors.CopyTo(new Span<int>(control + sizeof(ControlHeader), DescriptorsMaximum));
                header.Control = control;
                header.ControlLength = (nuint)ControlBytes(descriptors.Length);
            }

            var sent = Libc.sendmsg((int)socket.Handle, (byte*)&header, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL);
            return sent < 0 ? Libc.LastError : Errno.None;
        }
    }

    /// <summary>Receives a message and its descriptors, which are the caller's to close (close-on-exec).</summary>
    /// <param name="length">The bytes of the message; 0 at the end.</param>
    /// <returns>EMSGSIZE where the message or its descriptors didn't fit; none is left open then.</returns>
    public static Errno Receive(Socket socket, Span<byte> message, List<int> descriptors, out int length)
    {
        ArgumentNullException.ThrowIfNull(socket);
        ArgumentNullException.ThrowIfNull(descriptors);
        var control = stackalloc byte[ControlBytes(DescriptorsMaximum)];
        fixed (byte* text = message)
        {
            var range = new Range { Base = text, Length = (nuint)message.Length };
            var header = new Header
            {
                Ranges = &range,
                RangeCount = 1,
                Control = control,
                ControlLength = (nuint)ControlBytes(DescriptorsMaximum),
            };
            length = (int)Libc.recvmsg((int)socket.Handle, (byte*)&header, Libc.MSG_DONTWAIT | Libc.MSG_CMSG_CLOEXEC);
            if (length < 0)
                return Libc.LastError;
            var received = Descriptors(control, header.ControlLength);
            if (((int)header.Flags & (Libc.MSG_TRUNC | Libc.MSG_CTRUNC)) == 0)
            {
                descriptors.AddRange(received);
                return Errno.None;
            }

            foreach (var descriptor in received)
                _ = Libc.close(descriptor);
            return Errno.EMSGSIZE;
        }
    }

    /// <summary>Whether the process at the other end runs as this one's user (SO_PEERCRED).</summary>
    /// <param name="process">Its number.</param>
    public static bool IsSameUser(Socket socket, out int process)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Span<int> credentials = stackalloc int[3];
        socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, MemoryMarshal.AsBytes(credentials));
        process = credentials[0];
        return (uint)credentials[1] == Libc.geteuid();
    }

    private static ReadOnlySpan<int> Descriptors(byte* control, nuint length)
    {
        var header = (ControlHeader*)control;
        return length < (nuint)sizeof(ControlHeader) || header->Level != SOL_SOCKET || header->Type != SCM_RIGHTS
            ? []
            : new ReadOnlySpan<int>(control + sizeof(ControlHeader), ((int)header->Length - sizeof(ControlHeader)) / sizeof(int));
    }

    /// <summary>CMSG_SPACE of so many descriptors.</summary>
    private static int ControlBytes(int descriptors) => sizeof(ControlHeader) + (((descriptors * sizeof(int)) + 7) & ~7);

    /// <summary>struct iovec.</summary>
    private struct Range
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    private struct Header
    {
        public byte* Name;
        public nuint NameLength;
        public Range* Ranges;
        public nuint RangeCount;
        public byte* Control;
        public nuint ControlLength;
        public nuint Flags;
    }

    /// <summary>struct cmsghdr.</summary>
    private struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
