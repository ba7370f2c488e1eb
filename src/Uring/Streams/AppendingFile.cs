using Microsoft.Win32.SafeHandles;
using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Streams;

/// <summary>A file that several processes may write at once, such as the log of a proxy that another replaces.</summary>
public static class AppendingFile
{
    private const int F_SETFL = 4;
    private const int O_APPEND = 0x400;

    /// <summary>Opens a file so that each write goes behind what is there at that moment (O_APPEND, open(2)), whoever wrote it. A seek to
    /// the end before the write would leave time for another process to write there.</summary>
    /// <exception cref="IOException">The file can't be opened for that.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static FileStream Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (!TryAppend(handle, out var error))
        {
            handle.Dispose();
            throw new IOException($"fcntl answered {error} to O_APPEND");
        }

        // Without a buffer: what couldn't be written isn't kept to be tried again.
        return new FileStream(handle, FileAccess.Write, bufferSize: 0);
    }

    private static bool TryAppend(SafeFileHandle handle, out Errno error)
    {
        var result = Libc.fcntl(handle, F_SETFL, O_APPEND);
        error = result < 0 ? Libc.LastError : Errno.None;
        return result >= 0;
    }
}
