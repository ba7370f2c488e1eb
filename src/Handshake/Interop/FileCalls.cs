using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using TlsProxy.Handshake.Files;
using static TlsProxy.Handshake.Interop.ErrorNumbers;

namespace TlsProxy.Handshake.Interop;

/// <summary>Looks at files, and opens and reads them without waiting for whatever is behind a FIFO or a device.</summary>
internal static unsafe partial class FileCalls
{
    private const int O_NOCTTY = 0x100;
    private const int O_NONBLOCK = 0x800;
    private const int O_CLOEXEC = 0x80000;
    private const int AT_FDCWD = -100;
    private const int AT_EMPTY_PATH = 0x1000;
    private const uint STATX_BASIC_STATS = 0x7FF;
    private const short POLLIN = 1;

    internal static FileStatus Examine(string path)
    {
        Check(path);
        FileAttributes attributes;
        return statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &attributes) == 0 ? StatusOf(attributes) : throw LastError(path);
    }

    internal static FileStatus Examine(SafeFileHandle file)
    {
        FileAttributes attributes;
        return statx(file, string.Empty, AT_EMPTY_PATH, STATX_BASIC_STATS, &attributes) == 0 ? StatusOf(attributes) : throw LastError(null);
    }

    /// <returns>Null while another program holds a lease on the file.</returns>
    internal static SafeFileHandle? TryOpen(string path)
    {
        while (true)
        {
            var fd = open(path, O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
            if (fd >= 0)
                return new SafeFileHandle(fd, ownsHandle: true);
            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR:
                    break;
                case EAGAIN:
                    return null;
                default:
                    throw LastError(path);
            }
        }
    }

    /// <summary>Waits until a pipe has bytes, or has lost its last writer. One that never had a writer waits for the first.</summary>
    /// <returns>False when the time is over.</returns>
    internal static bool AwaitReadable(SafeFileHandle pipe, TimeSpan time)
    {
        var added = false;
        pipe.DangerousAddRef(ref added);
        try
        {
            var entry = new PollEntry { Descriptor = (int)pipe.DangerousGetHandle(), Events = POLLIN };
            // A signal ends the wait early: the read that follows finds nothing then.
            return time > TimeSpan.Zero && poll(&entry, 1, (int)Math.Ceiling(time.TotalMilliseconds)) != 0;
        }
        finally
        {
            pipe.DangerousRelease();
        }
    }

    /// <param name="offset">Where to read; pipes have one place only.</param>
    /// <returns>The bytes read, 0 at the end, -1 where a pipe has none at this moment.</returns>
    internal static int Read(SafeFileHandle file, Span<byte> buffer, long offset, bool isSeekable)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = isSeekable ? pread(file, bytes, (nuint)buffer.Length, offset) : read(file, bytes, (nuint)buffer.Length);
                if (count >= 0)
                    return (int)count;
                switch (Marshal.GetLastPInvokeError())
                {
                    case EINTR:
                        break;
                    case EAGAIN:
                        return -1;
                    default:
                        throw LastError(null);
                }
            }
        }
    }

    private static FileStatus StatusOf(in FileAttributes attributes) => new(
        (attributes.Mode & 0xF000) switch
        {
            0x8000 => FileKind.Regular,
            0x4000 => FileKind.Folder,
            0x1000 => FileKind.Pipe,
            0x2000 or 0x6000 => FileKind.Device,
            0xC000 => FileKind.Socket,
            _ => FileKind.Other,
        },
        (UnixFileMode)(attributes.Mode & 0xFFF), (long)attributes.Size,
        (attributes.ModifiedSeconds * 1_000_000_000) + attributes.ModifiedNanoseconds)
    {
        Inode = attributes.Inode,
    };

    private static void Check(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            throw new IOException("a path has at least one character, and none is zero");
    }

    private static Exception LastError(string? path)
    {
        var number = Marshal.GetLastPInvokeError();
        var message = Marshal.GetPInvokeErrorMessage(number);
        return number switch
        {
            ENOENT or ENOTDIR => new FileNotFoundException(message, path),
            EPERM or EACCES => new UnauthorizedAccessException(message),
            // As the runtime's own exceptions have it (FileErrors).
            _ => new IOException(message, number),
        };
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, FileAttributes* attributes);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(SafeFileHandle file, string path, int flags, uint mask, FileAttributes* attributes);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(SafeFileHandle file, byte* buffer, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, byte* buffer, nuint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int timeoutMilliseconds);

    /// <summary>struct statx, whose layout is that of the kernel on every machine.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileAttributes
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }

    /// <summary>struct pollfd (poll(2)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
