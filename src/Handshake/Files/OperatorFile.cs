using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Files;

/// <summary>
/// A file that an operator has named by an option, opened to be read: the one way in which such files are read. Neither the open nor a read
/// waits without an end, and nothing is read beyond what the caller has room for. Devices and folders are refused. A pipe is read where the
/// caller allows it, which is at a start; its contents are gone by the time of a reload.
/// </summary>
public sealed class OperatorFile : IDisposable
{
    /// <summary>How long a start waits for the end of a pipe.</summary>
    public static readonly TimeSpan PipePatience = TimeSpan.FromSeconds(10);

    // Another program may hold a lease on the file (fcntl(2)). The kernel takes it away after lease-break-time, 45 s by default.
    private static readonly TimeSpan s_leasePatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_leasePeriod = TimeSpan.FromMilliseconds(20);

    private readonly SafeFileHandle _handle;
    private readonly FileStatus _status;
    private readonly TimeSpan _patience;
    private readonly long _opened = Stopwatch.GetTimestamp();

    private OperatorFile(SafeFileHandle handle, FileStatus status, TimeSpan patience)
    {
        _handle = handle;
        _status = status;
        _patience = patience;
    }

    /// <summary>The permissions.</summary>
    public UnixFileMode Mode => _status.Mode;

    /// <param name="pipes">How long a pipe may take to come to its end; null where pipes are refused.</param>
    /// <exception cref="IOException">The open fails, or the path leads to a device or a folder; the message says which.</exception>
    /// <exception cref="UnauthorizedAccessException">It is closed to this user.</exception>
    public static OperatorFile Open(string path, TimeSpan? pipes)
    {
        // Before the open, which some devices take for an order.
        Check(FileStatus.Of(path), pipes);
        var handle = Open(path);
        try
        {
            // The path may lead elsewhere since.
            var status = FileCalls.Examine(handle);
            Check(status, pipes);
            return new OperatorFile(handle, status, pipes ?? TimeSpan.Zero);
        }
        catch (Exception)
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>All bytes of a file.</summary>
    /// <param name="maximum">Bytes; a longer file is refused.</param>
    /// <param name="pipes">How long a pipe may take to come to its end; null where pipes are refused.</param>
    /// <exception cref="IOException">The file can't be read or is too long, or the path leads to a device or a folder; the message says
    /// which.</exception>
    /// <exception cref="UnauthorizedAccessException">It is closed to this user.</exception>
    public static byte[] ReadAll(string path, int maximum, TimeSpan? pipes)
    {
        using var file = Open(path, pipes);
        var buffer = new byte[(file._status.Kind == FileKind.Regular ? Math.Min(file._status.Length, maximum) : maximum) + 1];
        var length = file.Read(buffer, maximum);
        if (length == buffer.Length)
        {
            // The file has grown, or tells no length, as those of /proc.
            buffer = new byte[maximum + 1];
            length = file.Read(buffer, maximum);
        }

        return buffer[..length];
    }

    /// <summary>Reads from the beginning of a file until its end or until the room is full.</summary>
    /// <param name="buffer">Room for a byte more than the maximum, or for less of a file.</param>
    /// <param name="maximum">Bytes; a longer file is refused.</param>
    /// <returns>The bytes read; as many as there is room for where the file goes on.</returns>
    /// <exception cref="IOException">It is longer than the maximum, or a pipe that hasn't come to its end in time.</exception>
    public int Read(Span<byte> buffer, int maximum)
    {
        var length = 0;
        while (length < buffer.Length)
        {
            if (_status.Kind == FileKind.Pipe && !FileCalls.AwaitReadable(_handle, _patience - Stopwatch.GetElapsedTime(_opened)))
            {
                throw new IOException(
                    string.Create(CultureInfo.InvariantCulture, $"the pipe didn't end within {_patience.TotalSeconds} s"));
            }

            var count = FileCalls.Read(_handle, buffer[length..], length, _status.Kind != FileKind.Pipe);
            if (count == 0)
                return length;
            length += Math.Max(count, 0);
            if (length > maximum)
                throw new IOException($"it is longer than {TextOf(maximum)}");
        }

        return length;
    }

    public void Dispose() => _handle.Dispose();

    private static SafeFileHandle Open(string path)
    {
        for (var began = Stopwatch.GetTimestamp(); ;)
        {
            if (FileCalls.TryOpen(path) is { } handle)
                return handle;
            if (Stopwatch.GetElapsedTime(began) > s_leasePatience)
                throw new IOException("another program holds a lease on it");
            Thread.Sleep(s_leasePeriod);
        }
    }

    private static void Check(FileStatus status, TimeSpan? pipes)
    {
        var what = status.Kind switch
        {
            FileKind.Regular => null,
            FileKind.Pipe when pipes is not null => null,
            FileKind.Pipe => "it is a pipe, which is read at a start only",
            FileKind.Folder => "it is a folder",
            FileKind.Device => "it is a device",
            FileKind.Socket => "it is a socket",
            _ => "it is no regular file",
        };
        if (what is not null)
            throw new IOException(what);
    }

    private static string TextOf(int bytes) => bytes % (1 << 20) == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes");
}
